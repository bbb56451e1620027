-- purpose: Which person each identifier stands for.
-- grain: one row per identifier
-- kind: events, internal
-- note: a person is named after the identifier seen earliest of those that are theirs alone.
with named as (
    select
        identifiers.type,
        identifiers.key as "key",
        identifiers.first_seen_at,
        identifiers.rank,
        components.component,
        disputed_identifiers.node is not null as is_disputed,
        disputed_identifiers.browser,
        first_value(identifiers.type || '/' || identifiers.key::text) over (
            partition by components.component, identifier_groups.person
            order by
                disputed_identifiers.node is not null,
                identifiers.first_seen_at,
                identifiers.type,
                identifiers.key
        ) as earliest
    from identifiers
    inner join components using (node)
    left join identifier_groups using (node)
    left join disputed_identifiers using (node)
)

select
    type,
    "key",
    first_seen_at,
    rank,
    is_disputed,
    -- Only a disputed browser has one; like a component it keeps its number until it is redone.
    $run_number::bigint * 4294967296 + browser as browser,
    $run_number::bigint * 4294967296 + component as component,
    keyed_id('person' || earliest) as person_id
from named
