-- purpose: Identifiers that identify nobody, with the reason.
-- grain: one row per file of the batch, identifier type and reason
-- kind: landing
-- note: the row itself lands; only the identifier is left out.
select
    file_of(raw_identifiers.line) as place,
    identifier_keys.type,
    identifier_keys.reason,
    count(*) as "rows"
from raw_identifiers
inner join identifier_keys using (type, value)
where identifier_keys.reason is not null
group by file_of(raw_identifiers.line), identifier_keys.type, identifier_keys.reason
