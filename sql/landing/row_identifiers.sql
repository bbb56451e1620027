-- purpose: The identifiers of each raw row as keyed hashes.
-- grain: one row per raw row and identifier
-- kind: landing
-- note: raw values end here; `weak` marks a value that may only attach, such as a landline.
select distinct
    raw_identifiers.line,
    raw_identifiers.part,
    identifier_keys.type,
    identifier_keys.key::uuid as "key",
    identifier_keys.weak
from raw_identifiers
inner join identifier_keys using (type, value)
where identifier_keys.key is not null
