-- purpose: How many journeys entered each stage, went on to a later one, were lost, or are open.
-- grain: one row per stage of the settings
-- kind: everyone, monthly, of journeys
-- note: `rate` counts the open neither as gone on nor as lost; `reason` says why there is none.
with fates as (
    select
        stage,
        started_here,
        advanced_at is not null as advanced,
        lost_at is not null as lost,
        advanced_at is null and lost_at is null as open,
        epoch_us(advanced_at - entered_at) / 1000000 as wait_s,
        exit_touchpoint
    from stage_entries
),

curves as (
    select
        stage,
        max(at_risk) as covered,
        max_by(p_advanced, day) as rate,
        max_by(low, day) as rate_low,
        max_by(high, day) as rate_high
    from stage_curves
    group by stage
),

exits as (
    select
        stage,
        exit_touchpoint,
        row_number() over (partition by stage order by count(*) desc, exit_touchpoint) as rank
    from fates
    where lost
    group by stage, exit_touchpoint
),

counted as (
    select
        stages.name as stage,
        stages.position,
        stages.position = max(stages.position) over () as is_last,
        count(fates.stage) as entered,
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
    curves.rate,
    curves.rate_low,
    curves.rate_high,
    case when not counted.is_last then coalesce(curves.covered, 0) end as covered,
    case
        when counted.is_last then 'last_stage'
        when counted.entered = 0 then 'nobody_entered'
        when curves.covered is null then 'begins_before_a_source'
    end as reason,
    case when not counted.is_last then counted.advanced / nullif(counted.entered, 0) end
        as rate_so_far,
    case
        when not counted.is_last
            then counted.advanced / nullif(counted.advanced + counted.lost, 0)
    end as rate_of_closed,
    counted.wait_median_s,
    counted.wait_p90_s,
    case when not counted.is_last then exits.exit_touchpoint end as exit_touchpoint
from counted
left join curves on counted.stage = curves.stage
left join exits on counted.stage = exits.stage and exits.rank = 1
order by counted.position
