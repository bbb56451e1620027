-- purpose: Events that no customer made: of declared crawlers and of inhumanly fast identifiers.
-- grain: one row per bot event
-- kind: events, transient
-- note: bot events are kept and counted, and take part in nothing.
select ref
from event_identifiers
semi join bot_identifiers using (type, "key")

union

select landed_events.ref
from landed_events
semi join current_rows using (ref)
semi join crawlers using (user_agent)
