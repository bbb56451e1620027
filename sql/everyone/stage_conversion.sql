-- purpose: How many journeys entered each stage, went on to a later one, were lost, or are open.
-- grain: one row per stage of the settings
-- kind: everyone, monthly
-- note: the last stage has no next one; its advanced, lost, open and rates are NULL.
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
),

fates as (
    select
        entries.stage,
        entries.journey_id,
        journeys.started_stage = entries.stage as started_here,
        advances.advanced_at is not null as advanced,
        advances.advanced_at is null and journeys.closed as lost,
        advances.advanced_at is null and not journeys.closed as open,
        epoch_us(advances.advanced_at - entries.entered_at) / 1000000 as wait_s
    from entries
    inner join journeys using (journey_id)
    left join advances using (stage, journey_id)
),

last_steps as (
    select
        fates.stage,
        steps.touchpoint,
        row_number()
            over (partition by fates.stage order by count(*) desc, steps.touchpoint)
            as rank
    from fates
    inner join journeys using (journey_id)
    inner join steps
        on
            journeys.journey_id = steps.journey_id
            and journeys.steps = steps.step_number
    where fates.lost
    group by fates.stage, steps.touchpoint
),

counted as (
    select
        stages.name as stage,
        stages.position,
        stages.position = max(stages.position) over () as is_last,
        count(fates.journey_id) as entered,
        count(*) filter (fates.started_here) as started_here,
        count(*) filter (fates.advanced) as advanced,
        count(*) filter (fates.lost) as lost,
        count(*) filter (fates.open) as open,
        median(fates.wait_s) as wait_median_s,
        quantile_cont(fates.wait_s, 0.9) as wait_p90_s
    from stages
    left join fates on stages.name = fates.stage
    group by stages.name, stages.position
)

select
    counted.stage,
    counted.position,
    counted.entered,
    counted.started_here,
    case when not counted.is_last then counted.advanced end as advanced,
    case when not counted.is_last then counted.lost end as lost,
    case when not counted.is_last then counted.open end as open,
    null::double as rate,
    null::double as rate_low,
    null::double as rate_high,
    case when not counted.is_last then counted.advanced / nullif(counted.entered, 0) end
        as rate_so_far,
    counted.wait_median_s,
    counted.wait_p90_s,
    case when not counted.is_last then last_steps.touchpoint end as exit_touchpoint
from counted
left join last_steps on counted.stage = last_steps.stage and last_steps.rank = 1
