-- purpose: Which local days before and after each declared change are compared, by measure.
-- grain: one row per declared change and measure
-- kind: everyone, internal
-- note: whole weeks, at most four, and all of their journeys observed for `follow_days` days.
with measured as (
    select
        *,
        'volume' as measure,
        0::integer as follow_days
    from declared_changes
    union all
    select declared_changes.*, follow_ups.measure, follow_ups.days
    from declared_changes
    inner join follow_ups
        on
            follow_ups.measure = 'conversion'
            or declared_changes.touchpoint = follow_ups.touchpoint
),

available as (
    select
        measured.*,
        coalesce(measured.day - observed_time.first_day, 0) as days_before,
        timezone(
            getvariable('zone'),
            observed_time.seen_until - to_microseconds(measured.follow_days * 86400000000)
        )::date - measured.day as days_after
    from measured
    cross join observed_time
)

select
    * exclude (days_before, days_after),
    case
        when least(days_before, days_after) >= 7
            then least(28, days_before // 7 * 7, days_after // 7 * 7)
    end::integer as days,
    case
        when days_before < 7 then 'nothing_before'
        when days_after < 7 then 'not_observed_yet'
    end as reason
from available
