-- purpose: How long customers wait where a step has another owner than the step before.
-- grain: one row per from_owner and to_owner, which differ; (no owner) where a touchpoint has none
-- kind: analysis, monthly, of journeys
-- note: shares are of all waiting, that between steps of one owner included.
select *
from wait_counts
