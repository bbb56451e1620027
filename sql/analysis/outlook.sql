-- purpose: What to expect of a journey, by its last touchpoint and by how long it has been silent.
-- grain: one row per touchpoint and class of silence that was ever seen; `(any)`: all touchpoints
-- kind: analysis
-- note: learned from journeys at every day of the past, up to the first conversion; no cause.
with fates as (
    select
        touchpoint,
        silent_from_s,
        fate as name,
        least(30, days_before) as seen_days,
        coalesce(days_to_fate, least(30, days_before)) as days,
        sum(moments)::bigint as moments,
        sum(silences)::bigint as silences
    from landmarks
    group by 1, 2, 3, 4, 5
),

standing as (
    select
        touchpoint,
        next_touchpoint,
        over,
        seen_before_us,
        unnest(range(coalesce(over, 0) + 1, begun + 1)) as days_before
    from pauses
),

-- Of the touchpoint alone and, where it is NULL, of all together.
followed as (
    select
        touchpoint,
        silence_class(seen_before_us - days_before * 86400000000) as silent_from_s,
        case
            when days_before - over <= 30 then coalesce(next_touchpoint, '(lost)')
        end as next_touchpoint,
        least(30, days_before, days_before - over) as days,
        count(*) as moments
    from standing
    group by grouping sets ((1, 2, 3, 4), (2, 3, 4))
),

likeliest as (
    select
        touchpoint,
        silent_from_s,
        next_touchpoint
    from followed
    where next_touchpoint <> '(lost)'
    group by touchpoint, silent_from_s, next_touchpoint
    qualify
        row_number() over (
            partition by touchpoint, silent_from_s
            order by sum(moments) desc, next_touchpoint
        ) = 1
),

nexts as (
    select
        coalesce(followed.touchpoint, '(any)') as touchpoint,
        followed.silent_from_s,
        case
            when followed.next_touchpoint is null then null
            when followed.next_touchpoint = likeliest.next_touchpoint
                then followed.next_touchpoint
            else '(other)'
        end as name,
        followed.days,
        sum(followed.moments)::bigint as moments
    from followed
    left join likeliest
        on
            followed.touchpoint is not distinct from likeliest.touchpoint
            and followed.silent_from_s = likeliest.silent_from_s
    group by 1, 2, 3, 4
),

open_now as (
    select
        coalesce(outlook_touchpoints.touchpoint, '(other)') as touchpoint,
        silence_class(epoch_us($observed_until) - epoch_us(journeys.ended_at)) as silent_from_s,
        count(*) as moments
    from journeys
    left join outlook_touchpoints on journeys.last_touchpoint = outlook_touchpoints.touchpoint
    where journeys.outcome = 'open'
    group by 1, 2
)

select
    'fate' as part,
    touchpoint,
    silent_from_s,
    name,
    seen_days,
    days,
    moments,
    silences
from fates
union all
select
    'next' as part,
    touchpoint,
    silent_from_s,
    name,
    null as seen_days,
    days,
    moments,
    null as silences
from nexts
union all
select
    'open' as part,
    touchpoint,
    silent_from_s,
    null as name,
    null as seen_days,
    null as days,
    moments,
    null as silences
from open_now
