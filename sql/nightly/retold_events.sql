-- purpose: Current events that are to be told anew: of touched persons, and changed ones of nobody.
-- grain: one row per event
-- kind: nightly, transient
-- note: what the rules say of any other event stands as it was told.
select event_persons.ref
from event_persons
inner join touched_persons using (person_id)
where event_persons.occurred_at >= touched_persons.resumed_at

union

select ref
from changed_rows
where counts

union

select moved_events.ref
from moved_events
semi join current_rows using (ref)
