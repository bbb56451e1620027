-- purpose: The identifiers that each current event carries, with what they may do.
-- grain: one row per event and identifier
-- kind: events, internal
-- note: context identifiers and the company's own values identify nobody and are left out.
with carried as (
    select
        located_events.ref,
        located_events.source,
        located_events.occurred_at,
        unnest(located_events.identifiers) as identifier
    from located_events
)

select
    carried.ref,
    carried.source,
    carried.occurred_at,
    carried.identifier.type,
    carried.identifier.key as "key",
    coalesce(identifier_types.class, 'attach') = 'merge'
    and not carried.identifier.weak as may_merge,
    coalesce(identifier_types.is_web, false) as is_web
from carried
left join identifier_types on carried.identifier.type = identifier_types.type
anti join own_identifiers
    on
        carried.identifier.type = own_identifiers.type
        and carried.identifier.key = own_identifiers.key
where coalesce(identifier_types.class, 'attach') <> 'context'
