-- purpose: Identifiers known to be of different persons that links would make one person.
-- grain: one row per pair of identifiers
-- kind: events, transient
-- note: all other pairs known to be different are apart anyway.
select
    one.node,
    other.node as other_node,
    components.component
from link_pairs
inner join identifiers as one
    on
        link_pairs.type = one.type
        and link_pairs.key = one.key
inner join identifiers as other
    on
        link_pairs.other_type = other.type
        and link_pairs.other_key = other.key
inner join components on one.node = components.node
inner join components as other_components
    on
        other.node = other_components.node
        and components.component = other_components.component
where link_pairs.relation = 'different'
