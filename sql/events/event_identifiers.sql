-- purpose: The identifiers that each current event carries, with what they may do.
-- grain: one row per event and identifier
-- kind: events, transient
-- note: context identifiers and the company's own values identify nobody and are left out.
with told as (
    select
        ref,
        occurred_at,
        -- A pool number was lent to this browser; who rings it may be somebody else.
        coalesce(attributes['tracking'] = 'dynamic', false) as is_lent
    from landed_events
)

select
    landed_identifiers.ref,
    told.occurred_at,
    landed_identifiers.type,
    landed_identifiers.key as "key",
    coalesce(identifier_types.class, 'attach') = 'merge'
    and not landed_identifiers.weak as may_merge,
    coalesce(identifier_types.is_web, false) as is_web,
    coalesce(identifier_types.is_web, false) and told.is_lent as is_lent
from landed_identifiers
inner join told using (ref)
semi join current_rows using (ref)
left join identifier_types on landed_identifiers.type = identifier_types.type
anti join own_identifiers
    on
        landed_identifiers.type = own_identifiers.type
        and landed_identifiers.key = own_identifiers.key
where coalesce(identifier_types.class, 'attach') <> 'context'
