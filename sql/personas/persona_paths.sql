-- purpose: The path of each journey until its outcome, which is no part of it.
-- grain: one row per journey
-- kind: personas
-- note: neither the step that converts nor one that only records a loss: either tells the end.
with walked as (
    select
        steps.journey_id,
        list(steps.touchpoint order by steps.step_number) as path
    from steps
    where not steps.after_conversion and not steps.records_loss
    group by steps.journey_id
)

select
    journeys.journey_id,
    journeys.person_id,
    if(journeys.outcome = 'converted', list_slice(walked.path, 1, -2), walked.path) as path,
    journeys.outcome <> 'open' as is_finished
from journeys
inner join walked using (journey_id)
