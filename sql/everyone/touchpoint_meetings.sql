-- purpose: When a journey first met a touchpoint that a declared change names, and went on from it.
-- grain: one row per such touchpoint and journey that met it
-- kind: everyone, internal
-- note: going on is the next step, or a conversion in this one; over: when it is lost without.
with met as (
    select
        steps.journey_id,
        steps.touchpoint,
        min(steps.step_number) as step_number
    from steps
    semi join declared_changes using (touchpoint)
    group by steps.journey_id, steps.touchpoint
)

select
    met.touchpoint,
    met.journey_id,
    here.entered_at as met_at,
    here.left_at,
    case
        when journeys.converted_at between here.entered_at and here.left_at then here.left_at
        else onward.entered_at
    end as went_on_at
from met
inner join steps as here using (journey_id, step_number)
inner join journeys using (journey_id)
left join steps as onward
    on met.journey_id = onward.journey_id and met.step_number + 1 = onward.step_number
