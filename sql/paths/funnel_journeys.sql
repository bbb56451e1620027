-- purpose: The chosen journeys as units of a funnel, each a unit of its own.
-- grain: one row per chosen journey
-- kind: paths
-- note: units are numbered in no order; until the conversion, a converted journey is over.
select
    journey_id,
    row_number() over () - 1 as unit,
    0 as items_before,
    steps as items,
    not closed and ($until = 'end' or converted_at is null) as goes_on
from journeys
