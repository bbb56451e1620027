-- purpose: Steps: runs of neighbouring events of one journey at one touchpoint.
-- grain: one row per step (journey_id, step_number)
-- kind: person
-- note: `after_conversion` steps were entered after the step that holds the first conversion.
with converting as (
    select distinct
        person_id,
        event_number
    from conversions
),

journey_events as (
    select
        person_events.person_id,
        person_events.event_number,
        event_journeys.journey_id,
        person_events.occurred_at,
        person_events.touchpoint,
        person_events.stage,
        event_journeys.channel,
        converting.person_id is not null as converts,
        coalesce(
            not $collapse_repeats
            or lag(person_events.touchpoint) over lived <> person_events.touchpoint,
            true
        ) as begins
    from person_events
    inner join event_journeys using (person_id, event_number)
    left join converting using (person_id, event_number)
    window lived as (
        partition by person_events.person_id, event_journeys.journey_id
        order by person_events.event_number
    )
),

numbered as (
    select
        *,
        count(*) filter (begins) over (
            partition by person_id, journey_id order by event_number
        ) as step_number
    from journey_events
),

grouped as (
    select
        journey_id,
        person_id,
        step_number::integer as step_number,
        arg_min(touchpoint, event_number) as touchpoint,
        arg_min(stage, event_number) filter (stage is not null) as stage,
        arg_min(channel, event_number) filter (channel is not null) as channel,
        min(occurred_at) as entered_at,
        max(occurred_at) as left_at,
        count(*) as events,
        bool_or(converts) as converts
    from numbered
    group by journey_id, person_id, step_number
)

select
    journey_id,
    person_id,
    step_number,
    touchpoint,
    stage,
    channel,
    entered_at,
    left_at,
    events,
    epoch_us(entered_at - lag(left_at) over taken) / 1000000 as wait_s,
    coalesce(
        bool_or(converts) over (
            partition by journey_id
            order by step_number
            rows between unbounded preceding and 1 preceding
        ),
        false
    ) as after_conversion
from grouped
window taken as (partition by journey_id order by step_number)
