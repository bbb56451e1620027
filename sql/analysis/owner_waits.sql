-- purpose: How long customers wait for each owner of touchpoints, and how many are lost at theirs.
-- grain: one row per owner; (no owner) where a touchpoint has none
-- kind: analysis, monthly, of journeys
-- note: waits count for the owner of the step entered, losses for that of the last step.
select *
from wait_counts
