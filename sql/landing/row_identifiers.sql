-- purpose: The identifiers of each raw row as keyed hashes.
-- grain: one row per raw row and identifier
-- kind: landing
-- note: raw values end here; `weak` marks a value that may only attach, such as a landline.
with keys as (
    select
        type,
        value,
        identifier_keys.key::uuid as "key",
        weak
    from identifier_keys
    where identifier_keys.key is not null
)

select distinct
    raw_identifiers.line,
    raw_identifiers.part,
    keys.type,
    keys.key,
    keys.weak
from raw_identifiers
inner join keys using (type, value)
