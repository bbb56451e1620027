-- purpose: Each stage that a journey entered, and whether and when it went on to a later one.
-- grain: one row per journey and stage of the settings that it entered
-- kind: person, internal
-- note: `advanced_at` is the first later step in any later stage; `lost_at` only of who did not.
with entries as (
    select
        stages.name as stage,
        stages.position,
        steps.journey_id,
        min(steps.step_number) as first_step,
        min(steps.entered_at) as entered_at
    from steps
    inner join stages on steps.stage = stages.name
    group by stages.name, stages.position, steps.journey_id
),

advances as (
    select
        entries.stage,
        entries.journey_id,
        min(steps.entered_at) as advanced_at
    from entries
    inner join steps
        on
            entries.journey_id = steps.journey_id
            and entries.first_step < steps.step_number
    inner join stages
        on
            steps.stage = stages.name
            and entries.position < stages.position
    group by entries.stage, entries.journey_id
)

select
    journeys.person_id,
    journeys.journey_number,
    entries.journey_id,
    entries.stage,
    journeys.started_stage = entries.stage as started_here,
    entries.entered_at,
    advances.advanced_at,
    case
        when advances.advanced_at is null and journeys.closed
            then greatest(entries.entered_at, journeys.closed_at)
    end as lost_at,
    journeys.exit_touchpoint,
    journeys.month
from entries
inner join journeys using (journey_id)
left join advances using (stage, journey_id)
