-- purpose: The identifiers that each current event carries, with what they may do.
-- grain: one row per event and identifier
-- kind: events, internal
-- note: context identifiers and the company's own values identify nobody and are left out.
with carried as (
    select
        landed_events.ref,
        landed_events.occurred_at,
        unnest(landed_events.identifiers) as identifier
    from landed_events
    semi join current_rows using (ref)
)

select
    carried.ref,
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
