-- purpose: Complaints that customers made on a journey.
-- grain: one row per event of a kind that the settings call a complaint
-- kind: person
-- note: what it is about is the step before the one it stands in, as `critical_points` counts it.
select
    person_events.person_id,
    person_events.event_number,
    person_events.source,
    person_events.event_id,
    person_events.occurred_at,
    event_places.journey_id
from person_events
inner join event_places using (ref)
where person_events.is_complaint and event_places.journey_id is not null
