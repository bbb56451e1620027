-- purpose: The steps of journeys as numbers.
-- grain: one row per step of a journey in walked_journeys
-- kind: paths
-- note: until the conversion, a path ends with the step that holds it.
select
    walked_journeys.number::integer as number,
    steps.step_number,
    step_labels.label::integer as label,
    epoch_us(steps.entered_at) as entered_us,
    epoch_us(steps.left_at) as left_us
from steps
inner join walked_journeys using (journey_id)
inner join step_labels
    on
        steps.touchpoint is not distinct from step_labels.touchpoint
        and steps.stage is not distinct from step_labels.stage
where $until = 'end' or not steps.after_conversion
