-- purpose: How many journeys entered each stage, went on to a later one, were lost, or are open.
-- grain: one row per stage of the settings
-- kind: everyone, monthly
-- note: the last stage has no next one; its advanced, lost, open and rates are NULL.
with fates as (
    select
        stage,
        started_here,
        advanced_at is not null as advanced,
        advanced_at is null and closed as lost,
        advanced_at is null and not closed as open,
        epoch_us(advanced_at - entered_at) / 1000000 as wait_s,
        last_touchpoint
    from stage_entries
),

exits as (
    select
        stage,
        last_touchpoint,
        row_number() over (partition by stage order by count(*) desc, last_touchpoint) as rank
    from fates
    where lost
    group by stage, last_touchpoint
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
    null::double as rate,
    null::double as rate_low,
    null::double as rate_high,
    case when not counted.is_last then counted.advanced / nullif(counted.entered, 0) end
        as rate_so_far,
    counted.wait_median_s,
    counted.wait_p90_s,
    case when not counted.is_last then exits.last_touchpoint end as exit_touchpoint
from counted
left join exits on counted.stage = exits.stage and exits.rank = 1
