-- purpose: Distinct channel paths with the conversions they led to and the journeys they did not.
-- grain: one row per distinct path
-- kind: everyone, monthly, summed
-- note: nulls are lost journeys by the Direct policy, less touches that a later conversion took.
with taken as (
    select
        conversion_id,
        list(channel order by position) as path
    from conversion_touches
    group by conversion_id
),

successes as (
    select
        coalesce(taken.path, []) as path,
        count(*) as conversions,
        sum(coalesce(conversions.value, 0))::decimal(18, 2) as value
    from conversions
    left join taken using (conversion_id)
    where conversions.is_primary
    group by coalesce(taken.path, [])
),

taken_touches as (
    select coalesce(session_id, source || '/' || event_id) as touch
    from conversion_touches
),

lost_touches as (
    select
        touches.journey_id,
        touches.event_number,
        coalesce(touches.session_id, touches.source || '/' || touches.event_id) as touch,
        touches.channel
    from touches
    inner join journeys using (journey_id)
    where journeys.outcome = 'lost'
),

only_direct as (
    select journey_id
    from lost_touches
    group by journey_id
    having bool_and(channel = 'Direct')
),

fruitless as (
    select
        journey_id,
        list(channel order by event_number) as path
    from lost_touches
    anti join taken_touches using (touch)
    where
        channel <> 'Direct'
        or $direct = 'keep'
        or ($direct = 'last_resort' and journey_id in (from only_direct))
    group by journey_id
),

failures as (
    select
        path,
        count(*) as nulls
    from fruitless
    group by path
)

select
    coalesce(successes.path, failures.path) as path,
    coalesce(successes.conversions, 0) as conversions,
    coalesce(failures.nulls, 0) as nulls,
    coalesce(successes.value, 0)::decimal(18, 2) as value
from successes
full join failures on successes.path = failures.path
