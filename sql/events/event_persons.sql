-- purpose: Whose event each is: by its own identifiers, else by what it hangs on.
-- grain: one row per event that has a person
-- kind: events, internal, scattered
-- note: an event whose orders, clicks or hubs are tied to different persons is nobody's.
with hanging as (
    select
        event_identifiers.ref,
        min(event_identifiers.occurred_at) as occurred_at,
        min(tied_identifiers.person_id) as person_id
    from event_identifiers
    anti join bot_events using (ref)
    anti join known_events using (ref)
    inner join tied_identifiers
        on
            event_identifiers.type = tied_identifiers.type
            and event_identifiers.key = tied_identifiers.key
    group by event_identifiers.ref
    having count(distinct tied_identifiers.person_id) = 1
)

select ref, occurred_at, person_id, false as is_attached
from known_events

union all

select ref, occurred_at, person_id, true as is_attached
from hanging
