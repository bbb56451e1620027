-- purpose: Key figures of each week beside those of the week before, and whether more than noise.
-- grain: one row per figure and week (its Monday, in the project's zone)
-- kind: analysis
-- note: rates are of cohorts all observed long enough; seasons and holidays are not modelled.
with weeks as (
    select
        windows.day as week,
        windows.follow_days as horizon_days,
        observed_time.first_day <= windows.day
        and timezone(getvariable('zone'), windows.end_day::timestamp) <= observed_time.seen_until
            as is_complete,
        epoch_us(observed_time.seen_until)
        - epoch_us(timezone(getvariable('zone'), windows.end_day::timestamp))
        >= windows.follow_days * 86400000000 as is_mature,
        timezone(getvariable('zone'), observed_time.seen_until)::date - windows.end_day
        >= 90 as repeat_is_mature
    from compared_windows as windows
    cross join observed_time
    where windows.subject = 'week' and windows.measure = 'conversion' and windows.side = 'after'
),

spent as (
    select
        date_trunc('week', day)::date as week,
        sum(cost)::decimal(18, 2) as total_cost,
        min(min(day)) over () as first_day,
        max(max(day)) over () as last_day
    from costs
    group by date_trunc('week', day)
),

changing as (
    select
        day as week,
        max(share_changing) filter (measure = 'volume') as volume,
        max(share_changing) filter (measure = 'conversion') as conversion,
        max(share_changing) filter (measure = 'repeat') as repetition,
        max(share_changing) filter (measure = 'value') as value
    from window_sources
    where subject = 'week'
    group by day
)

select
    weeks.*,
    coalesce(week_journeys.journeys, 0) as journeys,
    coalesce(week_journeys.converted, 0) as converted,
    coalesce(week_journeys.waits_s, []) as waits_s,
    coalesce(week_orders.buyers, 0) as buyers,
    coalesce(week_orders.repeated, 0) as repeated,
    coalesce(week_orders.conversions, 0) as conversions,
    coalesce(week_orders.total_value, 0)::decimal(18, 2) as total_value,
    coalesce(week_orders.value_squares, 0) as value_squares,
    -- Costs of a part of a week would make it look cheap.
    case
        when spent.first_day <= weeks.week and weeks.week + 6 <= spent.last_day
            then spent.total_cost
    end as total_cost,
    coalesce(changing.volume, 0) as volume_changing,
    coalesce(changing.conversion, 0) as conversion_changing,
    coalesce(changing.repetition, 0) as repeat_changing,
    coalesce(changing.value, 0) as value_changing
from weeks
left join week_journeys using (week)
left join week_orders using (week)
left join spent using (week)
left join changing using (week)
order by weeks.week
