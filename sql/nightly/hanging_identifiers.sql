-- purpose: Orders, clicks and hubs whose person may be another from now on.
-- grain: one row per identifier
-- kind: nightly, transient
-- note: those of all considered events.
select distinct
    event_identifiers.type,
    event_identifiers.key as "key"
from event_identifiers
anti join person_identifiers using (type, "key")
