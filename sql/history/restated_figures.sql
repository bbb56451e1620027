-- purpose: By how much this run moves published figures of days that had ended, and why.
-- grain: one row per day, figure and reason
-- kind: history
-- note: conversions, value and cost; added to those of the runs before.
with ended as (
    select timezone(getvariable('zone'), observed_until)::date as before_day
    from last_published.main.project
),

costs_moved as (
    select
        coalesce(now.day, was.day) as day,
        coalesce(now.cost, 0) - coalesce(was.cost, 0) as moved,
        case
            when was.day is null then 'late rows'
            when now.day is not null and $settings_changed then 'settings'
            else 'corrections'
        end as reason
    from last_published.main.costs as was
    full join costs as now
        on
            was.day = now.day
            and was.source = now.source
            and was.medium is not distinct from now.medium
            and was.campaign is not distinct from now.campaign
    where was.cost is distinct from now.cost
),

moves as (
    select old_day as day, 'conversions' as figure, reason, -1::decimal(18, 2) as moved
    from moved_conversions
    union all
    select new_day, 'conversions', reason, 1
    from moved_conversions
    union all
    select old_day, 'value', reason, -old_value
    from moved_conversions
    union all
    select new_day, 'value', reason, new_value
    from moved_conversions
    union all
    select day, 'cost', reason, moved
    from costs_moved
),

summed as (
    select moves.day, moves.figure, moves.reason, sum(moves.moved)::decimal(18, 2) as moved
    from moves
    cross join ended
    where moves.day < ended.before_day
    group by moves.day, moves.figure, moves.reason
    having sum(moves.moved) <> 0
),

figures as (
    select day, 'conversions' as figure, count(*)::decimal(18, 2) as published
    from standing_conversions
    where is_before
    group by day
    union all
    select day, 'value', sum(value)
    from standing_conversions
    where is_before
    group by day
    union all
    select day, 'cost', sum(cost)
    from last_published.main.costs
    group by day
)

select
    $run_number,
    $run_id,
    $restated_at,
    summed.day,
    summed.figure,
    summed.reason,
    coalesce(figures.published, 0)::decimal(18, 2) as published,
    summed.moved,
    (
        select coalesce(list(kept_reports.report order by kept_reports.report), [])
        from kept_reports
        where
            summed.day >= coalesce(kept_reports.date_from, summed.day)
            and summed.day <= coalesce(kept_reports.date_to, kept_reports.observed_day)
    ) as reports
from summed
left join figures on summed.day = figures.day and summed.figure = figures.figure
