-- purpose: The touches that led to each primary conversion.
-- grain: one row per touch of a conversion
-- kind: person
-- note: after the conversion before it, within the look-back; Direct by the project's policy.
with primary_conversions as (
    select
        conversion_id,
        person_id,
        occurred_at,
        event_number,
        coalesce(
            max(event_number) over (
                partition by person_id
                order by event_number
                range between unbounded preceding and 1 preceding
            ),
            0
        ) as previous_event
    from conversions
    where is_primary
),

reached as (
    select
        person_events.person_id,
        person_events.event_number,
        person_events.source,
        person_events.event_id,
        person_events.occurred_at,
        event_places.session_id,
        event_places.channel
    from event_places
    semi join primary_conversions using (person_id)
    inner join person_events using (ref)
    where event_places.channel is not null
),

led as (
    select
        primary_conversions.conversion_id,
        primary_conversions.occurred_at as converted_at,
        reached.*
    from primary_conversions
    inner join reached
        on
            primary_conversions.person_id = reached.person_id
            and primary_conversions.previous_event < reached.event_number
            and primary_conversions.event_number >= reached.event_number
    qualify
        reached.session_id is null
        or row_number() over (
            partition by primary_conversions.conversion_id, reached.session_id
            order by reached.event_number
        ) = 1
),

weighed as (
    select
        *,
        bool_or(channel <> 'Direct') over (partition by conversion_id) as has_others
    from led
    where epoch_us(converted_at) - epoch_us(occurred_at) <= $lookback_us
)

select
    conversion_id,
    person_id,
    row_number() over (partition by conversion_id order by event_number)::integer as position,
    channel,
    session_id,
    occurred_at as touched_at,
    source,
    event_id
from weighed
where
    channel <> 'Direct'
    or $direct = 'keep'
    or ($direct = 'last_resort' and not has_others)
