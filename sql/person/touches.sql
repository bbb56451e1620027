-- purpose: Channel touches: each session once, and other events that carry a channel.
-- grain: one row per touch
-- kind: person
-- note: a session touches at its first event in the journey; the company only by a mapped channel.
with reached as (
    select
        person_id,
        journey_id,
        session_id,
        channel,
        min(event_number) as event_number,
        arg_min(ref, event_number) as ref
    from event_places
    where journey_id is not null and channel is not null
    group by
        person_id,
        journey_id,
        session_id,
        channel,
        case when session_id is null then event_number end
)

select
    reached.person_id,
    reached.journey_id,
    reached.session_id,
    reached.event_number,
    reached.channel,
    person_events.occurred_at as touched_at,
    person_events.source,
    person_events.event_id
from reached
inner join person_events using (ref)
order by reached.person_id, reached.event_number
