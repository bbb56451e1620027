-- purpose: The identifiers of each raw row as its export spells them.
-- grain: one row per identifier of a raw row
-- kind: landing
-- note: that of the click in a page address is one of them.
with carried as (
    select line, part, unnest(identifiers) as identifier
    from raw_rows
    where skip_reason is null
)

select
    line,
    part,
    identifier.type,
    identifier.value
from carried
where identifier.value is not null

union all

select
    raw_rows.line,
    raw_rows.part,
    url_parts.click as type,
    url_parts.click_value as value
from raw_rows
inner join url_parts using (url)
where url_parts.click_value is not null and raw_rows.skip_reason is null
