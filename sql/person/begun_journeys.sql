-- purpose: Where each journey begins.
-- grain: one row per journey
-- kind: person, transient
-- note: `first_step` is that of the person, as in event_numbers.
select
    person_id,
    journey_number,
    keyed_id('journey' || person_id || journey_number) as journey_id,
    journey_began_at as started_at,
    step as first_step
from event_numbers
where journey_began_at is not null
