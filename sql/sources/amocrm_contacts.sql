-- purpose: amoCRM's contacts, as raw events that say who is who.
-- grain: one row per record of the file
-- kind: landing
-- note: of a kind that takes no part in journeys; its identifiers belong to one person.
with parsed as (
    select
        line,
        json_transform(record, '{
            "id": "VARCHAR", "created_at": "VARCHAR",
            "custom_fields_values": [{"field_code": "VARCHAR", "values": [{"value": "VARCHAR"}]}]
            }') as r
    from records
)

select
    line,
    0 as part,
    clean(r.id) as event_id,
    clean(r.created_at) as occurred_at,
    epoch_instant(r.created_at, 1) as instant,
    'contact_created' as kind,
    list_concat(
        [{'type': 'crm_contact', 'value': clean(r.id)}],
        amo_values(r.custom_fields_values, 'PHONE', 'phone'),
        amo_values(r.custom_fields_values, 'EMAIL', 'email'),
        amo_identifiers(r.custom_fields_values)
    ) as identifiers,
    case when clean(r.id) is null then 'id' end as fault_column,
    case when clean(r.id) is null then 'missing' end as fault
from parsed
