-- purpose: The event that converted each journey first.
-- grain: one row per converted journey
-- kind: paths
-- note: by its number among the person's events, which decides where times are equal.
select
    journey_id,
    min(event_number) as converting_event
from conversions
group by journey_id
