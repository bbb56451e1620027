-- purpose: Primary conversions of the last complete day, of its weekday before, of the day before.
-- grain: one row
-- kind: digest
-- note: complete is the day before that of the end of observation; no week before the first event.
with about as (
    select
        timezone,
        currency,
        timezone(timezone, observed_until)::date - 1 as last_day
    from project
),

days as (
    select unnest([0, 1, 7, 14, 21, 28, 35, 42, 49, 56]) as days_before
),

begun as (
    select min(timezone(about.timezone, events.occurred_at))::date as first_day
    from events
    cross join about
    where events.participates
),

counted as (
    select
        timezone(about.timezone, conversions.occurred_at)::date as local_day,
        count(*) as conversions,
        sum(coalesce(conversions.value, 0)) as value
    from conversions
    cross join about
    where conversions.is_primary
    group by local_day
),

compared as (
    select
        days.days_before,
        coalesce(counted.conversions, 0) as conversions,
        coalesce(counted.value, 0) as value
    from about
    cross join begun
    cross join days
    left join counted on about.last_day - days.days_before = counted.local_day
    where about.last_day - days.days_before >= begun.first_day
)

select
    about.last_day,
    about.currency,
    max(compared.conversions) filter (days_before = 0) as conversions,
    max(compared.value) filter (days_before = 0)::double as value,
    max(compared.conversions) filter (days_before = 1) as day_before,
    max(compared.value) filter (days_before = 1)::double as value_day_before,
    median(compared.conversions) filter (days_before > 1)::double as usual,
    median(compared.value) filter (days_before > 1)::double as usual_value,
    count(*) filter (days_before > 1) as weeks
from compared
cross join about
group by about.last_day, about.currency
