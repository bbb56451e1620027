-- purpose: Steps: runs of neighbouring events of one journey at one touchpoint.
-- grain: one row per step (journey_id, step_number)
-- kind: person
-- note: `after_conversion` steps were entered after the step that holds the first conversion.
with journey_events as (
    select
        person_events.person_id,
        person_events.event_number,
        event_places.journey_id,
        person_events.occurred_at,
        person_events.touchpoint,
        event_places.stage,
        event_places.channel,
        lag(person_events.occurred_at) over lived as occurred_before,
        lag(person_events.touchpoint) over lived as touchpoint_before,
        first_value(person_events.occurred_at) over lived as journey_began_at
    from person_events
    inner join event_places using (ref)
    where event_places.journey_id is not null
    window lived as (
        partition by event_places.journey_id order by person_events.event_number
    )
),

begun as (
    select
        *,
        coalesce(not $collapse_repeats or touchpoint_before <> touchpoint, true) as begins
    from journey_events
),

numbered as (
    select
        *,
        count(*) filter (begins) over (partition by journey_id order by event_number)
            as step_number
    from begun
),

grouped as (
    select
        journey_id,
        person_id,
        step_number::integer as step_number,
        min(touchpoint) filter (begins) as touchpoint,
        arg_min(stage, event_number) filter (stage is not null) as stage,
        arg_min(channel, event_number) filter (channel is not null) as channel,
        min(event_number) as first_event,
        min(occurred_at) as entered_at,
        max(occurred_at) as left_at,
        count(*) as events,
        -- The event before a step is the last of the step before it.
        min(occurred_before) filter (begins) as left_before,
        min(touchpoint_before) filter (begins) as from_touchpoint,
        min(journey_began_at) as journey_began_at
    from numbered
    group by journey_id, person_id, step_number
),

converted as (
    select journey_id, min(event_number) as converting_event
    from conversions
    group by journey_id
)

select
    grouped.journey_id,
    grouped.person_id,
    grouped.step_number,
    grouped.from_touchpoint,
    grouped.touchpoint,
    grouped.stage,
    grouped.channel,
    grouped.entered_at,
    grouped.left_at,
    grouped.events,
    grouped.first_event as event_number,
    (epoch_us(grouped.entered_at) - epoch_us(grouped.left_before)) / 1000000 as wait_s,
    coalesce(grouped.first_event > converted.converting_event, false) as after_conversion,
    month_of(grouped.journey_began_at) as month
from grouped
left join converted using (journey_id)
order by grouped.person_id, grouped.first_event
