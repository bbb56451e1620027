-- purpose: Links between identifiers that were refused, and by which rule.
-- grain: one row per pair of identifiers, first the one that tells less
-- kind: events, internal
-- note: joined, they would have made a person that no one can be; `is_told`: the company said it.
select
    one.type,
    one.key as "key",
    other.type as other_type,
    other.key as other_key,
    min(refused_links.rule) as rule,
    bool_or(refused_links.is_told) as is_told
from refused_links
inner join identifiers as one on refused_links.node = one.node
inner join identifiers as other on refused_links.other_node = other.node
group by all
