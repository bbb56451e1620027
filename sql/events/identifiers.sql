-- purpose: Every identifier that can stand for a person, and when it was first seen.
-- grain: one row per identifier
-- kind: events, transient
-- note: of hubs those that the company links; what links alone name comes last.
with seen as (
    select
        event_identifiers.type,
        event_identifiers.key as "key",
        event_identifiers.occurred_at
    from event_identifiers
    anti join bot_events using (ref)
    anti join hubs
        on
            event_identifiers.type = hubs.type
            and event_identifiers.key = hubs.key
    where event_identifiers.may_merge
    union all
    select
        type,
        "key",
        timestamptz 'infinity'
    from link_pairs
    where relation = 'same'
    union all
    select
        other_type,
        other_key,
        timestamptz 'infinity'
    from link_pairs
    where relation = 'same'
)

-- `node` numbers them for one run; `rank` 1 tells most.
select
    seen.type,
    seen.key as "key",
    min(seen.occurred_at) as first_seen_at,
    identifier_types.rank,
    identifier_types.is_web,
    (row_number() over (order by seen.type, seen.key) - 1)::integer as node
from seen
inner join identifier_types on seen.type = identifier_types.type
group by
    seen.type,
    seen.key,
    identifier_types.rank,
    identifier_types.is_web
