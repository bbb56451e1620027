-- purpose: The links of strained components in the order in which they may join two persons.
-- grain: one row per link of a strained component
-- kind: events, transient
-- note: the company's word first, ids of one browser, the types that tell most, pool numbers last.
with told as (
    select
        components.component,
        identifier_edges.is_told,
        identifier_edges.is_lent,
        identifier_edges.first_seen_at,
        one.is_web and other.is_web and not identifier_edges.is_told as is_browser,
        -- The end that tells less about a person; of equals the one seen later.
        case
            when
                (one.rank, one.first_seen_at, one.type, one.key)
                > (other.rank, other.first_seen_at, other.type, other.key)
                then {'weak': one, 'strong': other}
            else {'weak': other, 'strong': one}
        end as ends
    from identifier_edges
    inner join components using (node)
    semi join strained_components using (component)
    inner join identifiers as one on identifier_edges.node = one.node
    inner join identifiers as other on identifier_edges.other_node = other.node
)

select
    ends.weak.node,
    ends.strong.node as other_node,
    is_told,
    is_lent,
    is_browser,
    row_number() over (
        order by
            not is_told,
            is_lent,
            not is_browser,
            ends.weak.rank,
            ends.strong.rank,
            first_seen_at,
            ends.weak.type,
            ends.weak.key,
            ends.strong.type,
            ends.strong.key
    ) as place
from told
