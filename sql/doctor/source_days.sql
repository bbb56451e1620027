-- purpose: Days of the project's zone on which a source is silent between its first and last day.
-- grain: one row per source of events
-- kind: doctor
-- note: silent days are odd where a gap so long is improbable at the pace of the weeks around it.
-- A day is silent by chance as often as its weekday was in the four weeks before and after, or, of
-- persons who come by themselves, with exp(-pace). Without such weeks nothing is odd.
with lived as (
    select
        source,
        timezone((select timezone from project), occurred_at)::date as day,
        count(distinct coalesce(person_id, 'nobody')) as persons
    from events
    group by all
),

spans as (
    select
        source,
        unnest(generate_series(min(day), max(day), interval 1 day))::date as day
    from lived
    group by source
),

calendar as (
    select
        spans.source,
        spans.day,
        lived.day is null as silent,
        avg(coalesce(lived.persons, 0)) over weeks_around as pace,
        avg((lived.day is null)::integer) over weeks_around as share_silent,
        count(lived.day) over (partition by spans.source order by spans.day) as gap
    from spans
    left join lived using (source, day)
    window weeks_around as (
        partition by spans.source, isodow(spans.day) order by spans.day
        rows between 4 preceding and 4 following exclude current row
    )
),

-- By chance a source has as many gaps like this one as its days times this probability.
gaps as (
    select
        source,
        gap,
        count(*) as days,
        min(day) as first_day,
        sum(
            case
                when pace is null then 0
                when share_silent = 0 then -pace
                else greatest(-pace, ln(share_silent))
            end
        ) as log_chance
    from calendar
    where silent
    group by source, gap
),

sources as (
    select
        source,
        count(*) as days,
        count(*) filter (silent) as silent_days
    from calendar
    group by source
)

select
    sources.source,
    sources.days,
    sources.silent_days,
    coalesce(sum(gaps.days), 0)::bigint as odd_days,
    strftime(min(gaps.first_day), '%Y-%m-%d') as first_odd_day
from sources
left join gaps
    on
        sources.source = gaps.source
        and gaps.log_chance + ln(sources.days) < ln(0.001)
group by all
