-- purpose: Which person an order, a click or a hub is tied to: the one whose events carry it.
-- grain: one row per identifier that names nobody and is tied to one person
-- kind: events, internal
-- note: an order, click or hub that points at more than one person decides nothing.
select
    event_identifiers.type,
    event_identifiers.key as "key",
    min(known_events.person_id) as person_id
from event_identifiers
anti join person_identifiers using (type, "key")
inner join known_events on event_identifiers.ref = known_events.ref
group by event_identifiers.type, event_identifiers.key
having count(distinct known_events.person_id) = 1
