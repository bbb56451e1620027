-- purpose: Each journey from its beginning to its first conversion.
-- grain: one row per journey
-- kind: segments
-- note: a converted journey that ended counts as converted, whenever it ended.
select
    journey_id,
    person_id,
    started_at as began_at,
    converted_at as succeeded_at,
    closed_at
from journeys
