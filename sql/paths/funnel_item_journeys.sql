-- purpose: The journey of each of the `items`, where a breakdown asks for it.
-- grain: one row per item of the name that is broken down by
-- kind: paths
-- note: of a session's run, the journey of its first event.
select
    items.unit,
    items.number,
    journeys.*
from items
inner join journeys using (journey_id)
where items.name = $by_name
