-- purpose: Links between identifiers that were refused, and by which rule.
-- grain: one row per pair of identifiers, first the one that tells less
-- kind: events, internal
-- note: joined, they would have made a person that no one can be.
select
    one.type,
    one.key as "key",
    other.type as other_type,
    other.key as other_key,
    refused_links.rule
from refused_links
inner join identifiers as one on refused_links.node = one.node
inner join identifiers as other on refused_links.other_node = other.node
