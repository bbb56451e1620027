-- purpose: How journeys stand still: from each event to the next, up to the first conversion.
-- grain: one row per pause in which a whole number of days before the end of observation lies
-- kind: everyone, internal, transient
-- note: `begun` and `over` count such days; the last pause ends with the loss; may be a sample.
with fates as (
    select
        journey_id,
        person_id,
        started_at,
        ended_at,
        last_touchpoint,
        steps,
        coalesce(converted_at, 'infinity') as converted_at,
        case
            when converted_at is not null then 'converted'
            when ended_by is not null then 'lost'
        end as fate,
        coalesce(
            converted_at,
            case ended_by
                when 'loss' then ended_at
                -- The first moment at which the silence has lasted too long.
                when 'silence' then ended_at + to_microseconds($lost_after_us + 1)
            end
        ) as fate_at
    from journeys
    where hash(person_id) % $one_person_in::ubigint = 0
),

stood as (
    select
        fates.fate,
        fates.fate_at,
        person_events.occurred_before as begun_at,
        person_events.occurred_at as over_at,
        person_events.seen_before as seen_at,
        person_events.touchpoint_before as touchpoint,
        case when not person_events.is_loss then person_events.touchpoint end as next_touchpoint
    from person_events
    inner join event_places on person_events.ref = event_places.ref
    inner join fates on event_places.journey_id = fates.journey_id
    where
        hash(person_events.person_id) % $one_person_in::ubigint = 0
        and days_before($observed_until, person_events.occurred_before)
        > days_before($observed_until, person_events.occurred_at)
        and person_events.occurred_before >= fates.started_at
        and person_events.occurred_before < fates.converted_at
    union all
    select
        fates.fate,
        fates.fate_at,
        steps.left_at as begun_at,
        fates.fate_at as over_at,
        fates.ended_at as seen_at,
        fates.last_touchpoint as touchpoint,
        null as next_touchpoint
    from fates
    inner join steps on fates.journey_id = steps.journey_id and fates.steps = steps.step_number
    where fates.fate is distinct from 'converted'
)

select
    coalesce(outlook_touchpoints.touchpoint, '(other)') as touchpoint,
    stood.next_touchpoint,
    stood.fate,
    days_before($observed_until, stood.fate_at) as fate_days_before,
    days_before($observed_until, stood.begun_at) as begun,
    days_before($observed_until, stood.over_at) as over,
    epoch_us($observed_until) - epoch_us(stood.seen_at) as seen_before_us
from stood
left join outlook_touchpoints on stood.touchpoint = outlook_touchpoints.touchpoint
where
    days_before($observed_until, stood.begun_at)
    > coalesce(days_before($observed_until, stood.over_at), -1)
