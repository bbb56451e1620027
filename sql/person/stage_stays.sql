-- purpose: The stages that each deal entered, and how long it had stood in the one before.
-- grain: one row per deal and stage entered (source, event_id)
-- kind: person, internal
-- note: whether a move was one of many is only seen over everyone, in deal_stages.
with entered as (
    select
        person_events.person_id,
        person_events.deal_key,
        person_events.ref,
        person_events.source,
        person_events.event_id,
        person_events.touchpoint,
        person_events.occurred_at as entered_at,
        person_events.event_number,
        person_events.owner,
        person_events.attributes['pipeline'] as pipeline,
        person_events.attributes['deal_stage'] as stage_id,
        person_events.attributes['moved_by'] as moved_by
    from person_events
    where
        person_events.deal_key is not null
        and person_events.attributes['deal_stage'] is not null
),

numbered as (
    select
        *,
        row_number() over deal_life as stage_number,
        lag(touchpoint) over deal_life as from_touchpoint,
        lag(entered_at) over deal_life as entered_before,
        lead(entered_at) over deal_life as left_at
    from entered
    window deal_life as (partition by person_id, source, deal_key order by event_number)
)

select
    numbered.person_id,
    keyed_id(numbered.deal_key::text) as deal_id,
    numbered.source,
    numbered.event_id,
    numbered.stage_number,
    numbered.pipeline,
    numbered.from_touchpoint,
    numbered.touchpoint,
    numbered.owner,
    numbered.entered_at,
    numbered.left_at,
    (epoch_us(numbered.entered_at) - epoch_us(numbered.entered_before)) / 1000000 as stood_s,
    numbered.stage_id,
    numbered.moved_by,
    event_places.journey_id
from numbered
left join event_places using (ref)
