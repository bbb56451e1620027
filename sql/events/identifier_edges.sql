-- purpose: Pairs of identifiers that make one person of two.
-- grain: one row per pair, and one more where the company itself says so
-- kind: events, transient
-- note: seen together, both must be allowed to merge and neither may be a hub; its word needs none.
with seen_together as (
    select *
    from identifier_pairs
    anti join hubs
        on
            identifier_pairs.type = hubs.type
            and identifier_pairs.key = hubs.key
    anti join hubs as other_hubs
        on
            identifier_pairs.other_type = other_hubs.type
            and identifier_pairs.other_key = other_hubs.key
    where identifier_pairs.may_merge and identifier_pairs.other_may_merge
),

joined as (
    select
        type,
        "key",
        other_type,
        other_key,
        first_seen_at,
        is_lent,
        false as is_told
    from seen_together
    union all
    select
        type,
        "key",
        other_type,
        other_key,
        linked_at,
        false,
        true
    from link_pairs
    where relation = 'same'
)

select
    one.node,
    other.node as other_node,
    joined.is_told,
    joined.is_lent,
    joined.first_seen_at
from joined
inner join identifiers as one
    on
        joined.type = one.type
        and joined.key = one.key
inner join identifiers as other
    on
        joined.other_type = other.type
        and joined.other_key = other.key
