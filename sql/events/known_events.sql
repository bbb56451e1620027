-- purpose: Whose the events are that say so themselves, or a browser that several persons use.
-- grain: one row per event
-- kind: events, transient
-- note: all other events can only hang on what these have in common with them.
select ref, occurred_at, person_id
from recognised_events
union all
select ref, occurred_at, person_id
from shared_browser_events
