-- purpose: Bitrix24's deals, as raw events: each was created.
-- grain: one row per record of the file
-- kind: landing
-- note: own fields are read where the settings name them; 0 is no contact, company or lead.
with parsed as (
    select
        line,
        record,
        json_transform(record, '{
            "ID": "VARCHAR", "DATE_CREATE": "VARCHAR", "STAGE_ID": "VARCHAR",
            "CONTACT_ID": "VARCHAR", "COMPANY_ID": "VARCHAR", "LEAD_ID": "VARCHAR",
            "ASSIGNED_BY_ID": "VARCHAR", "OPPORTUNITY": "VARCHAR", "CURRENCY_ID": "VARCHAR",
            "UTM_SOURCE": "VARCHAR", "UTM_MEDIUM": "VARCHAR", "UTM_CAMPAIGN": "VARCHAR"}') as r
    from records
)

select
    line,
    0 as part,
    clean(r.id) as event_id,
    clean(r.date_create) as occurred_at,
    'deal_created' as kind,
    known(r.utm_source) as utm_source,
    known(r.utm_medium) as utm_medium,
    known(r.utm_campaign) as utm_campaign,
    clean(r.opportunity) as value,
    clean(r.currency_id) as currency,
    user_name(r.assigned_by_id) as owner,
    list_concat(
        [
            {'type': 'deal_id', 'value': clean(r.id)},
            {'type': 'crm_contact', 'value': clean(r.contact_id)},
            {'type': 'crm_company', 'value': clean(r.company_id)},
            {'type': 'lead_id', 'value': clean(r.lead_id)}
        ],
        named_fields(record)
    ) as identifiers,
    deal_attributes() as attributes,
    case when clean(r.id) is null then 'ID' end as fault_column,
    case when clean(r.id) is null then 'missing' end as fault
from parsed
