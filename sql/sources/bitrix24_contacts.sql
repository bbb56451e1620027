-- purpose: Bitrix24's contacts, as raw events that say who is who.
-- grain: one row per record of the file
-- kind: landing
-- note: of a kind that takes no part in journeys; its identifiers belong to one person.
with parsed as (
    select
        line,
        record,
        json_transform(record, '{
            "ID": "VARCHAR", "DATE_CREATE": "VARCHAR",
            "PHONE": [{"VALUE": "VARCHAR"}], "EMAIL": [{"VALUE": "VARCHAR"}]}') as r
    from records
)

select
    line,
    0 as part,
    clean(r.id) as event_id,
    clean(r.date_create) as occurred_at,
    'contact_created' as kind,
    list_concat(
        [{'type': 'crm_contact', 'value': clean(r.id)}],
        list_transform(coalesce(r.phone, []), lambda p: {'type': 'phone', 'value': clean(p.value)}),
        list_transform(coalesce(r.email, []), lambda e: {'type': 'email', 'value': clean(e.value)}),
        named_fields(record)
    ) as identifiers,
    case when clean(r.id) is null then 'ID' end as fault_column,
    case when clean(r.id) is null then 'missing' end as fault
from parsed
