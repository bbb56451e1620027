-- purpose: Channel touches: each session once, and other events that carry a channel.
-- grain: one row per touch
-- kind: person, internal
-- note: a session touches at its first event in the journey; the company only by a mapped channel.
with reached as (
    select
        person_events.person_id,
        person_events.event_number,
        person_events.ref,
        person_events.source,
        person_events.event_id,
        person_events.occurred_at,
        event_journeys.journey_id,
        event_journeys.channel,
        event_journeys.session_id
    from person_events
    inner join event_journeys using (person_id, event_number)
    where event_journeys.channel is not null
)

select
    person_id,
    event_number,
    ref,
    source,
    event_id,
    occurred_at as touched_at,
    journey_id,
    channel,
    session_id
from reached
qualify
    session_id is null
    or row_number() over (partition by person_id, session_id, journey_id order by event_number) = 1
