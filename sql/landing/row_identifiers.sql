-- purpose: The identifiers of each raw row as keyed hashes.
-- grain: one row per raw row that carries an identifier
-- kind: landing
-- note: raw values end here; `weak` marks a value that may only attach, such as a landline.
with carried as (
    select line, part, unnest(identifiers) as identifier
    from raw_rows
    union all by name
    select
        raw_rows.line,
        raw_rows.part,
        {'type': url_parts.click, 'value': url_parts.click_value} as identifier
    from raw_rows
    inner join url_parts using (url)
    where url_parts.click_value is not null
)

select
    carried.line,
    carried.part,
    list(distinct keyed(identifier_keys) order by keyed(identifier_keys)) as identifiers
from carried
inner join identifier_keys
    on
        carried.identifier.type = identifier_keys.type
        and carried.identifier.value = identifier_keys.value
where identifier_keys.key is not null
group by carried.line, carried.part
