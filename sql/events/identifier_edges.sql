-- purpose: Pairs of identifiers that make one person of two.
-- grain: one row per pair
-- kind: events, internal
-- note: both must be allowed to merge, and neither may be a hub.
select
    identifier_pairs.type,
    identifier_pairs.key as "key",
    identifier_pairs.other_type,
    identifier_pairs.other_key
from identifier_pairs
semi join identifiers
    on
        identifier_pairs.type = identifiers.type
        and identifier_pairs.key = identifiers.key
semi join identifiers as others
    on
        identifier_pairs.other_type = others.type
        and identifier_pairs.other_key = others.key
where identifier_pairs.may_merge and identifier_pairs.other_may_merge
