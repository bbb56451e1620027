-- purpose: The distinct combinations of event fields that the settings' rules look at.
-- grain: one row per combination
-- kind: events, internal
-- note: fields that no rule names are left out, which keeps the combinations few.
select distinct rule_signature(located_events) as signature
from located_events
