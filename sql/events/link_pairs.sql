-- purpose: Pairs of identifiers of which the company itself says whether they are one person.
-- grain: one row per pair of identifiers, the lesser first
-- kind: events, transient
-- note: the latest word counts, of one moment `different`; what may not merge takes no part.
with carried as (
    select
        landed_identifiers.ref,
        landed_identifiers.type,
        landed_identifiers.key as "key",
        landed_links.occurred_at,
        landed_links.relation
    from landed_links
    semi join current_rows using (ref)
    inner join landed_identifiers using (ref)
    inner join identifier_types using (type)
    anti join own_identifiers
        on
            landed_identifiers.type = own_identifiers.type
            and landed_identifiers.key = own_identifiers.key
    where identifier_types.class = 'merge' and not landed_identifiers.weak
)

select
    one.type,
    one.key as "key",
    other.type as other_type,
    other.key as other_key,
    max(one.occurred_at) as linked_at,
    arg_max(one.relation, (one.occurred_at, one.relation = 'different')) as relation,
    count(distinct one.relation) > 1 as is_contradicted
from carried as one
inner join carried as other
    on
        one.ref = other.ref
        and (one.type, one.key) < (other.type, other.key)
group by one.type, one.key, other.type, other.key
