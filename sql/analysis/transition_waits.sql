-- purpose: How long it takes from one touchpoint to the next, whoever still waits accounted for.
-- grain: one row per from_touchpoint and to_touchpoint, up to the first conversion
-- kind: analysis, monthly, of journeys
-- note: a step that only records a loss is a loss. Plain medians of ended waits: transitions.
select *
from wait_counts
