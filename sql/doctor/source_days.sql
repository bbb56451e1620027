-- purpose: Days of the project's zone on which a source is silent between its first and last day.
-- grain: one row per source of events
-- kind: doctor
-- note: a silent day is odd unless its weekday is silent on most other weeks too.
with lived as (
    select distinct
        source,
        timezone((select timezone from project), occurred_at)::date as day
    from events
),

spans as (
    select
        source,
        unnest(generate_series(min(day), max(day), interval 1 day))::date as day
    from lived
    group by source
),

weekdays as (
    select
        spans.source,
        spans.day,
        lived.day is null as silent,
        count(*) over same_weekday as weeks,
        count(lived.day) over same_weekday as weeks_lived
    from spans
    left join lived using (source, day)
    window same_weekday as (partition by spans.source, isodow(spans.day))
)

select
    source,
    count(*) as days,
    count(*) filter (silent) as silent_days,
    count(*) filter (silent and 2 * weeks_lived >= weeks - 1) as odd_days,
    strftime(min(day) filter (silent and 2 * weeks_lived >= weeks - 1), '%Y-%m-%d') as first_odd_day
from weekdays
group by source
