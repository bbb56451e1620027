-- purpose: How long it takes from one touchpoint to the next, whoever still waits accounted for.
-- grain: one row per from_touchpoint and to_touchpoint, up to the first conversion
-- kind: analysis, monthly, of journeys
-- note: `reason` says why a figure is missing; plain medians of ended waits are in transitions.
select *
from wait_counts
