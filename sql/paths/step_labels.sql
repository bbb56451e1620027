-- purpose: The touchpoints at which steps stand, each with each of its stages, numbered from 0.
-- grain: one row per touchpoint and stage of a step
-- kind: paths
-- note: a stage may be NULL, and one touchpoint may have several: events may bring their own.
with met as (
    select distinct
        touchpoint,
        stage
    from steps
)

select
    touchpoint,
    stage,
    row_number() over (order by touchpoint, stage) - 1 as label
from met
