-- purpose: How long until customers go on from a touchpoint, whoever still waits accounted for.
-- grain: one row per touchpoint that was left or is waited at, up to the first conversion
-- kind: analysis, monthly, of journeys
-- note: going on is any next touchpoint; being lost is none. `reason` says why a figure is missing.
select *
from wait_counts
