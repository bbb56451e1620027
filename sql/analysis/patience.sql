-- purpose: How long customers wait for the company until they are lost, and until it answers.
-- grain: one row per waits_for, touchpoint and moment, up to where hardly anybody still waits
-- kind: analysis, of journeys
-- note: to give up is to be lost, and a silence is a loss once it is over: upper bounds.
select *
from patience_counts
