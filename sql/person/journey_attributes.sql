-- purpose: The attributes of each journey to segment by.
-- grain: one row per journey that has an attribute
-- kind: person, internal
-- note: of each attribute the first value that the journey saw.
with named_values as (
    select
        event_places.person_id,
        event_places.journey_id,
        event_places.journey_number,
        event_places.event_number,
        unnest(map_entries(person_events.attributes)) as entry
    from event_places
    inner join person_events using (ref)
    where event_places.journey_id is not null and cardinality(person_events.attributes) > 0
),

first_values as (
    select
        person_id,
        journey_id,
        journey_number,
        entry.key as name,
        arg_min(entry.value, event_number) as value
    from named_values
    where not is_internal_attribute(entry.key)
    group by person_id, journey_id, journey_number, entry.key
)

select
    person_id,
    journey_id,
    journey_number,
    map_from_entries(list({'key': name, 'value': value} order by name)) as attributes
from first_values
group by person_id, journey_id, journey_number
