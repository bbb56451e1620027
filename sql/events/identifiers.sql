-- purpose: Every identifier that can stand for a person, and when it was first seen.
-- grain: one row per identifier
-- kind: events, transient
-- note: no hubs, none that may only attach; `node` numbers them for one run, `rank` 1 tells most.
select
    event_identifiers.type,
    event_identifiers.key as "key",
    min(event_identifiers.occurred_at) as first_seen_at,
    identifier_types.rank,
    identifier_types.is_web,
    (row_number() over (order by event_identifiers.type, event_identifiers.key) - 1)::integer
        as node
from event_identifiers
inner join identifier_types on event_identifiers.type = identifier_types.type
anti join bot_events using (ref)
anti join hubs
    on
        event_identifiers.type = hubs.type
        and event_identifiers.key = hubs.key
where event_identifiers.may_merge
group by
    event_identifiers.type,
    event_identifiers.key,
    identifier_types.rank,
    identifier_types.is_web
