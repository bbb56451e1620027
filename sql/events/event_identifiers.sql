-- purpose: The identifiers that each current event carries, with what they may do.
-- grain: one row per event and identifier
-- kind: events, transient
-- note: context identifiers and the company's own values identify nobody and are left out.
with lent as (
    select ref
    from landed_events
    where attributes['tracking'] = 'dynamic'
)

select
    landed_identifiers.ref,
    landed_events.occurred_at,
    landed_identifiers.type,
    landed_identifiers.key as "key",
    coalesce(identifier_types.class, 'attach') = 'merge'
    and not landed_identifiers.weak as may_merge,
    coalesce(identifier_types.is_web, false) as is_web,
    -- A pool number was lent to this browser; who rings it may be somebody else.
    coalesce(identifier_types.is_web, false) and lent.ref is not null as is_lent
from landed_identifiers
inner join landed_events using (ref)
semi join current_rows using (ref)
left join lent on landed_identifiers.ref = lent.ref
left join identifier_types on landed_identifiers.type = identifier_types.type
anti join own_identifiers
    on
        landed_identifiers.type = own_identifiers.type
        and landed_identifiers.key = own_identifiers.key
where coalesce(identifier_types.class, 'attach') <> 'context'
