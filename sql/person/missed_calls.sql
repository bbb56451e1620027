-- purpose: Calls of customers that nobody answered, and the talk that ended the wait.
-- grain: one row per missed call
-- kind: person
-- note: a talk is an answered call of either side, in the same journey; NULL where none followed.
with calls as (
    select
        person_events.person_id,
        person_events.event_number,
        person_events.source,
        person_events.event_id,
        person_events.occurred_at,
        person_events.call_result,
        person_events.call_result in ('talked', 'reached') as is_talk,
        event_places.journey_id,
        event_places.journey_number
    from person_events
    inner join event_places using (ref)
    where person_events.call_result is not null and event_places.journey_id is not null
),

waits as (
    select
        *,
        count(*) filter (is_talk) over (
            partition by person_id, journey_number
            order by event_number
            rows between unbounded preceding and 1 preceding
        ) as wait_number
    from calls
),

-- A wait holds the calls up to a talk, and that talk.
ended as (
    select
        *,
        max(occurred_at) filter (is_talk) over in_wait as talked_at,
        max(call_result) filter (is_talk) over in_wait as ended_by,
        count(*) filter (call_result = 'tried') over from_there_on as attempts,
        count(*) filter (call_result = 'missed') over until_there > 1 as is_repeat
    from waits
    window
        in_wait as (partition by person_id, journey_number, wait_number),
        from_there_on as (
            partition by person_id, journey_number, wait_number
            order by event_number
            rows between current row and unbounded following
        ),
        until_there as (
            partition by person_id, journey_number, wait_number
            order by event_number
            rows between unbounded preceding and current row
        )
)

select
    person_id,
    journey_id,
    event_number,
    source,
    event_id,
    occurred_at as called_at,
    is_repeat,
    attempts,
    talked_at,
    case ended_by when 'reached' then 'company' when 'talked' then 'customer' end as ended_by,
    (epoch_us(talked_at) - epoch_us(occurred_at)) / 1000000 as wait_s
from ended
where call_result = 'missed'
