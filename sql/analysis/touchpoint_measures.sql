-- purpose: What the absorbing chain and the graph say of each touchpoint.
-- grain: one row per touchpoint, and `(other)` for all that are not among the 200 most visited
-- kind: analysis, internal, monthly, of journeys
-- note: NULL where no way was seen to lead to an end, or where the touchpoint was folded.
select
    from_touchpoint,
    to_touchpoint,
    transitions
from transition_counts
