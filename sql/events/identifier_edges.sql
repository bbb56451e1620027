-- purpose: Pairs of identifiers that make one person of two.
-- grain: one row per pair, and one more where the company itself says so
-- kind: events, transient
-- note: both must be allowed to merge; a hub, which no event shows here, joins by its word alone.
with joined as (
    select
        type,
        "key",
        other_type,
        other_key,
        first_seen_at,
        is_lent,
        false as is_told
    from identifier_pairs
    where may_merge and other_may_merge
    union all
    select
        type,
        "key",
        other_type,
        other_key,
        linked_at as first_seen_at,
        false as is_lent,
        true as is_told
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
where joined.is_told or (isfinite(one.first_seen_at) and isfinite(other.first_seen_at))
