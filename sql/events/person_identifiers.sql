-- purpose: Which person each identifier stands for.
-- grain: one row per identifier
-- kind: events, transient
-- note: a person is named after the identifier seen earliest, so the name outlives new ones.
with named as (
    select
        identifiers.type,
        identifiers.key as "key",
        identifiers.first_seen_at,
        first_value(identifiers.type || '/' || identifiers.key::text) over (
            partition by components.component
            order by identifiers.first_seen_at, identifiers.type, identifiers.key
        ) as earliest
    from identifiers
    inner join components using (node)
)

select
    type,
    "key",
    first_seen_at,
    keyed_id('person' || earliest) as person_id
from named
