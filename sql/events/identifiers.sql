-- purpose: Every identifier that can stand for a person, and when it was first seen.
-- grain: one row per identifier
-- kind: events, transient
-- note: hubs and identifiers that may only attach are not here; `node` numbers them for one run.
select
    event_identifiers.type,
    event_identifiers.key as "key",
    min(event_identifiers.occurred_at) as first_seen_at,
    max(event_identifiers.rank) as rank,
    bool_or(event_identifiers.is_web) as is_web,
    (row_number() over (order by event_identifiers.type, event_identifiers.key) - 1)::integer
        as node
from event_identifiers
anti join bot_events using (ref)
anti join hubs
    on
        event_identifiers.type = hubs.type
        and event_identifiers.key = hubs.key
where event_identifiers.may_merge
group by event_identifiers.type, event_identifiers.key
