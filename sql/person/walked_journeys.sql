-- purpose: What the steps of each journey say of it: its path, its stages, where it ended.
-- grain: one row per journey
-- kind: person, transient
-- note: a step that only records the loss is not where the customer was lost; the one before is.
select
    steps.journey_id,
    steps.person_id,
    count(*) as steps,
    list(steps.touchpoint order by steps.step_number) as path,
    arg_max(steps.touchpoint, steps.step_number) filter (not steps.after_conversion)
        as last_touchpoint,
    arg_max(steps.touchpoint, steps.step_number) filter (not steps.records_loss)
        as left_touchpoint,
    arg_min(steps.stage, steps.step_number) filter (steps.stage is not null) as started_stage,
    arg_max(steps.stage, stages.position) as furthest_stage
from steps
left join stages on steps.stage = stages.name
group by steps.journey_id, steps.person_id
