-- purpose: Contacts of a CRM, as raw events that say who is who.
-- grain: one row per record of the file
-- kind: landing
-- note: of a kind that takes no part in journeys; its identifiers belong to one person.
select
    line,
    0 as part,
    skip_reason,
    clean(contact_id) as event_id,
    clean(created_at) as occurred_at,
    'contact_created' as kind,
    [
        {'type': 'crm_contact', 'value': clean(contact_id)},
        {'type': 'phone', 'value': clean(phones)},
        {'type': 'email', 'value': clean(emails)},
        {'type': 'ga_client_id', 'value': clean(ga_client_id)},
        {'type': 'ym_client_id', 'value': clean(ym_client_id)}
    ] as identifiers,
    case when clean(contact_id) is null then 'contact_id' end as fault_column,
    case when clean(contact_id) is null then 'missing' end as fault
from records
