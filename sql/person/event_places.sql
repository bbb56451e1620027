-- purpose: Where each event of a person stands: its session, journey, channel and stage.
-- grain: one row per participating event
-- kind: person, internal
-- note: a conversion that no rule placed stands in the stage named purchase.
with named as (
    select
        person_id,
        journey_number,
        keyed_id('journey' || person_id || journey_number) as journey_id
    from event_journeys
    where journey_number is not null
    group by person_id, journey_number
),

converting as (
    select distinct ref
    from conversion_claims
)

select
    person_events.person_id,
    person_events.event_number,
    person_events.ref,
    sessions.session_id,
    event_journeys.journey_number,
    named.journey_id,
    coalesce(sessions.channel, person_events.channel) as channel,
    coalesce(person_events.stage, case when converting.ref is not null then stages.name end)
        as stage
from person_events
inner join event_journeys using (ref)
left join named
    on
        event_journeys.person_id = named.person_id
        and event_journeys.journey_number = named.journey_number
left join event_sessions using (ref)
left join sessions
    on
        event_sessions.person_id = sessions.person_id
        and event_sessions.session_number = sessions.session_number
left join converting using (ref)
left join stages on stages.name = 'purchase'
