-- purpose: The touchpoints of the chosen journeys.
-- grain: one row per chosen journey
-- kind: paths
-- note: until the conversion, a path ends with the step that holds it.
select
    steps.journey_id,
    list(steps.touchpoint order by steps.step_number) as path
from steps
semi join chosen using (journey_id)
where $until = 'end' or not steps.after_conversion
group by steps.journey_id
