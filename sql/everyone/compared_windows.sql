-- purpose: The days that are compared: of weeks with the week before, of declared changes.
-- grain: one row per comparison (subject, change_number, day), measure and side
-- kind: everyone, internal
-- note: of weeks the number is 0; `end_day` is the day after the last; `range_…` holds both sides.
with weeks as (
    select
        unnest(generate_series(
            date_trunc('week', first_day),
            date_trunc('week', timezone(getvariable('zone'), seen_until - interval 1 microsecond)),
            interval 7 day
        ))::date as week
    from observed_time
),

measures as (
    select
        measure,
        days as follow_days
    from follow_ups
    where measure = 'conversion'
    union all
    values ('volume', 0), ('repeat', 90), ('value', 0)
),

compared as (
    select
        'week' as subject,
        0 as change_number,
        weeks.week as day,
        measures.measure,
        7 as days,
        measures.follow_days,
        null::text as touchpoint
    from weeks
    cross join measures
    union all
    select 'change', change_number, day, measure, days, follow_days, touchpoint
    from change_windows
    where days is not null
),

observed as (
    select timezone(getvariable('zone'), seen_until)::date as end_day
    from observed_time
)

select
    compared.*,
    sides.side,
    compared.day + sides.place * compared.days as first_day,
    compared.day + (sides.place + 1) * compared.days as end_day,
    compared.day - compared.days as range_first,
    least(compared.day + compared.days + compared.follow_days, observed.end_day) as range_end
from compared
cross join (values ('before', -1), ('after', 0)) as sides (side, place)
cross join observed
