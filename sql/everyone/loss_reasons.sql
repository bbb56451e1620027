-- purpose: Why journeys were lost, as sales stated it, beside where they were lost.
-- grain: one row per touchpoint and stage where they stood last, way of ending, and reason
-- kind: everyone, monthly, of journeys
-- note: silence states no reason, and a recorded loss may state none.
with stood as (
    select
        journeys.journey_id,
        journeys.person_id,
        journeys.exit_touchpoint,
        arg_max(steps.stage, steps.step_number) as stage,
        journeys.ended_by,
        journeys.loss_reason
    from journeys
    inner join steps using (journey_id)
    where journeys.outcome = 'lost' and not steps.records_loss
    group by all
)

select
    stood.exit_touchpoint,
    stood.stage,
    coalesce(touchpoint_owners.owner, stages.owner) as owner,
    stood.ended_by,
    stood.loss_reason,
    count(*) as journeys,
    count(distinct stood.person_id) as persons,
    count(*) / sum(count(*)) over () as share
from stood
left join touchpoint_owners on stood.exit_touchpoint = touchpoint_owners.touchpoint
left join stages on stood.stage = stages.name
group by
    stood.exit_touchpoint, stood.stage, touchpoint_owners.owner, stages.owner, stood.ended_by,
    stood.loss_reason
