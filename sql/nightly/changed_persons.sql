-- purpose: Persons of whom something is another than before, and from when on.
-- grain: one row per person
-- kind: nightly, transient
-- note: their events moved, or time passed.
with changes as (
    select old_person_id as person_id, occurred_at
    from moved_events
    where old_person_id is distinct from new_person_id

    union all

    select new_person_id as person_id, occurred_at
    from moved_events
    where old_person_id is distinct from new_person_id

    union all

    -- The end of observation moved over it.
    select event_persons.person_id, event_persons.occurred_at
    from event_persons
    cross join project
    where
        (event_persons.occurred_at <= project.observed_until)
        <> (event_persons.occurred_at <= $observed_until)

    union all

    -- What counts as a loss is another silence than before.
    select event_persons.person_id, '-infinity'::timestamptz as occurred_at
    from event_persons
    cross join project
    where project.lost_after_s <> $lost_after_us // 1000000

    union all

    -- Time alone makes a silence a loss.
    select person_id, started_at as occurred_at
    from journeys
    where
        ended_by is distinct from 'loss'
        and closed is distinct from
        (epoch_us($observed_until) - epoch_us(ended_at) > $lost_after_us)
)

select person_id, min(occurred_at) as changed_at
from changes
where person_id is not null
group by person_id
