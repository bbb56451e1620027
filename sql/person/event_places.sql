-- purpose: Where each event of a person stands: its session, journey, channel and stage.
-- grain: one row per participating event
-- kind: person, internal
-- note: a conversion that no rule placed stands in the stage named purchase.
with converting as (
    select distinct ref
    from conversion_claims
)

select
    event_numbers.person_id,
    event_numbers.event_number,
    event_numbers.ref,
    sessions.session_id,
    event_numbers.journey_number,
    begun_journeys.journey_id,
    event_numbers.step,
    coalesce(sessions.channel, event_numbers.channel) as channel,
    coalesce(event_numbers.stage, case when converting.ref is not null then stages.name end)
        as stage
from event_numbers
left join begun_journeys
    on
        event_numbers.person_id = begun_journeys.person_id
        and event_numbers.journey_number = begun_journeys.journey_number
left join sessions
    on
        event_numbers.person_id = sessions.person_id
        and event_numbers.session_number = sessions.session_number
left join converting using (ref)
left join stages on stages.name = 'purchase'
