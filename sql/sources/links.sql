-- purpose: Records in which the company says who is who, with mapped columns, as raw links.
-- grain: one row per record of the file
-- kind: landing
-- note: everything is still text here; a contact that was merged into nobody says nothing.
with cleaned as (
    select
        *,
        list_transform(identifiers, lambda i: {'type': i.type, 'value': clean(i.value)}) as carried
    from records
)

select
    line,
    0 as part,
    coalesce(
        skip_reason,
        case
            when len(list_filter(carried, lambda i: i.value is not null)) < 2
                then 'fewer than two identifiers'
        end
    ) as skip_reason,
    null::text as url,
    clean(link_id) as link_id,
    clean(linked_at) as occurred_at,
    null::timestamptz as instant,
    null::date as day,
    clean(relation) as relation,
    carried as identifiers
from cleaned
