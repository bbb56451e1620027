-- purpose: Steps: runs of neighbouring events of one journey at one touchpoint.
-- grain: one row per step (journey_id, step_number)
-- kind: person
-- note: `after_conversion` steps were entered after the step that holds the first conversion.
with grouped as (
    select
        person_events.person_id,
        event_places.step,
        min(event_places.journey_number) as journey_number,
        any_value(person_events.touchpoint) as touchpoint,
        -- Of an arg_min the first that is told, whichever event that is.
        arg_min(event_places.stage, person_events.event_number) as stage,
        arg_min(event_places.channel, person_events.event_number) as channel,
        min(person_events.event_number) as event_number,
        min(person_events.occurred_at) as entered_at,
        max(person_events.occurred_at) as left_at,
        count(*) as events,
        bool_and(person_events.is_loss) as records_loss,
        -- The event before a step is the last of the step before it.
        min(person_events.occurred_before) as left_before,
        arg_min(person_events.touchpoint_before, person_events.event_number) as from_touchpoint
    from person_events
    inner join event_places using (ref)
    where event_places.step is not null
    group by person_events.person_id, event_places.step
),

converted as (
    select journey_id, min(event_number) as converting_event
    from conversions
    group by journey_id
),

numbered as (
    select
        grouped.*,
        begun_journeys.journey_id,
        grouped.step - begun_journeys.first_step + 1 as step_number,
        -- What came before the first step is no part of the journey.
        grouped.step > begun_journeys.first_step as has_before,
        month_of(begun_journeys.started_at) as month
    from grouped
    inner join begun_journeys using (person_id, journey_number)
)

select
    numbered.journey_id,
    numbered.person_id,
    numbered.step_number,
    case when numbered.has_before then numbered.from_touchpoint end as from_touchpoint,
    numbered.touchpoint,
    numbered.stage,
    numbered.channel,
    numbered.entered_at,
    numbered.left_at,
    numbered.events,
    numbered.event_number,
    case
        when numbered.has_before
            then (epoch_us(numbered.entered_at) - epoch_us(numbered.left_before)) / 1000000
    end as wait_s,
    coalesce(numbered.event_number > converted.converting_event, false) as after_conversion,
    numbered.has_before and numbered.records_loss as records_loss,
    numbered.month
from numbered
left join converted using (journey_id)
order by numbered.person_id, numbered.event_number
