-- purpose: Events that carry an identifier of one person alone.
-- grain: one row per event
-- kind: events, transient
-- note: where two of them name different persons, the one that tells most decides.
with telling as (
    select
        type,
        "key",
        person_id,
        row_number() over (order by rank, first_seen_at, type, "key") as place
    from person_identifiers
    where not is_disputed
)

select
    event_identifiers.ref,
    min(event_identifiers.occurred_at) as occurred_at,
    arg_min(telling.person_id, telling.place) as person_id
from event_identifiers
anti join bot_events using (ref)
inner join telling using (type, "key")
group by event_identifiers.ref
