-- purpose: The journeys begun in each week, and those that converted soon enough.
-- grain: one row per week (its Monday, in the project's zone) in which a journey began
-- kind: everyone, internal
-- note: soon enough is within the days that follow_ups tells of conversion; waits in seconds.
with begun as (
    select
        date_trunc('week', timezone(getvariable('zone'), journeys.started_at))::date as week,
        (epoch_us(journeys.converted_at) - epoch_us(journeys.started_at)) / 1000000 as wait_s,
        follow_ups.days * 86400 as horizon_s
    from journeys
    cross join follow_ups
    where follow_ups.measure = 'conversion'
)

select
    week,
    count(*) as journeys,
    count(*) filter (wait_s <= horizon_s) as converted,
    list(wait_s order by wait_s) filter (wait_s <= horizon_s) as waits_s
from begun
group by week
