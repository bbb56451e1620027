-- purpose: The first event of each of the `items` that are steps, where a breakdown asks for it.
-- grain: one row per item of the name that is broken down by
-- kind: paths
-- note: the first event itself, even where a later one of the step tells more.
select
    items.unit,
    items.number,
    events.*
from items
inner join steps using (journey_id, step_number)
inner join events
    on
        steps.journey_id = events.journey_id
        and steps.event_number = events.event_number
where items.name = $by_name
