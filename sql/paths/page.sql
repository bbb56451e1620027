-- purpose: What each journey saw: pages, in their order.
-- grain: one row per event with a page
-- kind: paths
-- note: the whole journey; what follows its conversion is cut where paths are made.
select
    journey_id,
    event_number,
    page as label
from events
where page is not null
