-- purpose: Identifiers that identify nobody, with the reason.
-- grain: one row per file of the batch, identifier type and reason
-- kind: landing
-- note: the row itself lands; only the identifier is left out.
with carried as (
    select line, part, unnest(identifiers) as identifier
    from raw_rows
)

select
    file_of(carried.line) as place,
    identifier_keys.type,
    identifier_keys.reason,
    count(*) as "rows"
from carried
inner join identifier_keys
    on
        carried.identifier.type = identifier_keys.type
        and carried.identifier.value = identifier_keys.value
where identifier_keys.reason is not null
group by file_of(carried.line), identifier_keys.type, identifier_keys.reason
