-- purpose: Events that became another person's, somebody's or nobody's.
-- grain: one row per event
-- kind: nightly, transient
-- note: `fresh_persons` is what `event_persons` says of the considered events.
with doubtful as (
    select ref
    from considered_events
    union
    select ref
    from changed_rows
),

before as (
    select ref, occurred_at, person_id, is_attached
    from event_persons
    semi join doubtful using (ref)
)

select
    ref,
    coalesce(before.occurred_at, fresh_persons.occurred_at) as occurred_at,
    before.person_id as old_person_id,
    fresh_persons.person_id as new_person_id
from before
full join fresh_persons using (ref)
where
    before.person_id is distinct from fresh_persons.person_id
    or before.is_attached is distinct from fresh_persons.is_attached
