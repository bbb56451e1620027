-- purpose: For how long journeys must have been observed, to compare what became of them.
-- grain: one row per measure, and touchpoint that a declared change names
-- kind: analysis, internal
-- note: conversion: from the begin; meeting: to a touchpoint from the begin; going_on: from there.
with fates as (
    select
        journey_id,
        started_at,
        converted_at,
        case
            when closed
                then
                    ended_at
                    + to_microseconds(case when ended_by = 'silence' then $lost_after_us else 0 end)
        end as over_at
    from journeys
),

named as (
    select distinct touchpoint
    from declared_changes
    where touchpoint is not null
),

timed as (
    select
        'conversion' as measure,
        null::text as touchpoint,
        started_at as begun_at,
        converted_at as happened_at,
        over_at
    from fates
    union all
    select 'meeting', named.touchpoint, fates.started_at, meetings.met_at, fates.over_at
    from fates
    cross join named
    left join touchpoint_meetings as meetings using (journey_id, touchpoint)
    union all
    select
        'going_on',
        meetings.touchpoint,
        meetings.left_at,
        meetings.went_on_at,
        greatest(fates.over_at, meetings.left_at)
    from touchpoint_meetings as meetings
    inner join fates using (journey_id)
)

-- Who is still waiting has waited for so many whole days; what happened did so within them.
select
    measure,
    touchpoint,
    case
        when coalesce(happened_at, over_at) is null
            then (epoch_us($observed_until) - epoch_us(begun_at)) // 86400000000
        else
            (epoch_us(coalesce(happened_at, over_at)) - epoch_us(begun_at) + 86399999999)
            // 86400000000
    end as after_days,
    count(happened_at) as happened,
    count(*) filter (happened_at is null and over_at is not null) as missed,
    count(*) filter (happened_at is null and over_at is null) as still_open
from timed
group by all
union all
select 'conversion', null, 0, 0, 0, 0
union all
select unnest(['meeting', 'going_on']), touchpoint, 0, 0, 0, 0
from named
