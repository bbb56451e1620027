-- purpose: How many customers would be answered if every answer came within a given time.
-- grain: one row per waits_for, touchpoint and within_s, up to where hardly anybody still waits
-- kind: analysis, of journeys
-- note: bounds by arithmetic, if waits and patience are independent: no promise of an effect.
select *
from patience_counts
