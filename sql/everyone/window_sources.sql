-- purpose: How much of compared days comes from sources that begin, end or fall silent in them.
-- grain: one row per row of compared_windows of which anything is known
-- kind: everyone, internal
-- note: the most of what the measure is made of, such as events, conversions or costs.
with relevant as (
    select 'volume' as measure, unnest(['events', 'begins']) as unit
    union all
    select 'conversion', unnest(['events', 'begins', 'conversions'])
    union all
    select 'repeat', 'conversions'
    union all
    select 'value', unnest(['conversions', 'cost'])
    union all
    select 'meeting', unnest(['events', 'begins', 'met'])
    union all
    select 'going_on', unnest(['events', 'met'])
),

changing as (
    select distinct
        windows.subject,
        windows.change_number,
        windows.day,
        windows.measure,
        silences.stream,
        silences.source
    from compared_windows as windows
    inner join source_silences as silences
        on
            windows.range_first < silences.silent_until
            and windows.range_end > silences.silent_from
    where
        least(windows.range_end, silences.silent_until)
        - greatest(windows.range_first, silences.silent_from) > silences.tolerated
),

brought as (
    select
        windows.subject,
        windows.change_number,
        windows.day,
        windows.measure,
        windows.side,
        activity.unit,
        sum(activity.amount) as amount,
        coalesce(sum(activity.amount) filter (changing.source is not null), 0) as of_changing
    from compared_windows as windows
    inner join relevant on windows.measure = relevant.measure
    inner join source_activity as activity
        on
            relevant.unit = activity.unit
            and windows.first_day <= activity.local_day
            and windows.end_day + windows.follow_days > activity.local_day
            and (activity.touchpoint is null or windows.touchpoint = activity.touchpoint)
    left join changing
        on
            windows.subject = changing.subject
            and windows.change_number = changing.change_number
            and windows.day = changing.day
            and windows.measure = changing.measure
            and activity.stream = changing.stream
            and activity.source = changing.source
    group by all
)

select
    subject,
    change_number,
    day,
    measure,
    side,
    max(of_changing / amount) as share_changing
from brought
where amount > 0
group by subject, change_number, day, measure, side
