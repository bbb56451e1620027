-- purpose: What touched each journey: channels, in their order.
-- grain: one row per touch
-- kind: paths
-- note: the whole journey; what follows its conversion is cut where paths are made.
select
    journey_id,
    event_number,
    channel as label
from touches
