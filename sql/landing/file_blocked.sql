-- purpose: Identifiers that identify nobody, with the reason.
-- grain: one row per file of the batch, identifier type and reason
-- kind: landing
-- note: the row itself lands. A cell that is read as two types is no fault where it is of one.
with blocked as (
    select
        raw_identifiers.line,
        raw_identifiers.value,
        identifier_keys.type,
        identifier_keys.reason
    from raw_identifiers
    inner join identifier_keys using (type, value)
    where identifier_keys.reason is not null
),

known as (
    select
        raw_identifiers.line,
        raw_identifiers.value,
        raw_identifiers.type
    from raw_identifiers
    semi join blocked using (line, value)
    inner join identifier_keys using (type, value)
    where identifier_keys.key is not null
)

select
    file_of(blocked.line) as place,
    blocked.type,
    blocked.reason,
    count(*) as "rows"
from blocked
anti join known
    on
        blocked.line = known.line
        and blocked.value = known.value
        and blocked.type <> known.type
group by all
