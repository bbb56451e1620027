-- purpose: Pairs of identifiers that make one person of two.
-- grain: one row per pair
-- kind: events, transient
-- note: both must be allowed to merge, and neither may be a hub.
select
    one.node,
    other.node as other_node,
    identifier_pairs.is_lent,
    identifier_pairs.first_seen_at
from identifier_pairs
inner join identifiers as one
    on
        identifier_pairs.type = one.type
        and identifier_pairs.key = one.key
inner join identifiers as other
    on
        identifier_pairs.other_type = other.type
        and identifier_pairs.other_key = other.key
where identifier_pairs.may_merge and identifier_pairs.other_may_merge
