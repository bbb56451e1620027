-- purpose: Who met the touchpoint of each declared change before and after it, and went on from it.
-- grain: one row per declared change with a touchpoint, measure (meeting, going_on) and side
-- kind: everyone, internal
-- note: met and went on within `follow_days`; waits in seconds, of those who went on.
with windows as (
    select
        *,
        follow_days * 86400 as follow_s
    from compared_windows
    where subject = 'change'
),

begun as (
    select
        journey_id,
        started_at,
        timezone(getvariable('zone'), started_at)::date as local_day
    from journeys
    where exists (from windows)
),

left_behind as (
    select
        touchpoint,
        timezone(getvariable('zone'), left_at)::date as local_day,
        (epoch_us(went_on_at) - epoch_us(left_at)) / 1000000 as wait_s
    from touchpoint_meetings
)

select
    windows.change_number,
    windows.measure,
    windows.side,
    count(*) as whole,
    count(*) filter (
        epoch_us(meetings.met_at) - epoch_us(begun.started_at) <= windows.follow_days * 86400000000
    ) as happened,
    null::double[] as waits_s
from windows
inner join begun
    on windows.first_day <= begun.local_day and windows.end_day > begun.local_day
left join touchpoint_meetings as meetings
    on begun.journey_id = meetings.journey_id and windows.touchpoint = meetings.touchpoint
where windows.measure = 'meeting'
group by windows.change_number, windows.measure, windows.side
union all
select
    windows.change_number,
    windows.measure,
    windows.side,
    count(*),
    count(*) filter (left_behind.wait_s <= windows.follow_s),
    coalesce(
        list(left_behind.wait_s order by left_behind.wait_s)
        filter (left_behind.wait_s <= windows.follow_s),
        []
    )
from windows
inner join left_behind
    on
        windows.touchpoint = left_behind.touchpoint
        and windows.first_day <= left_behind.local_day
        and windows.end_day > left_behind.local_day
where windows.measure = 'going_on'
group by windows.change_number, windows.measure, windows.side
