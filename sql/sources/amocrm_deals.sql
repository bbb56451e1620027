-- purpose: amoCRM's leads, as raw events: each was created.
-- grain: one row per record of the file
-- kind: landing
-- note: of several contacts each is named; the one a lead is of is not always marked.
with parsed as (
    select
        line,
        record,
        json_transform(record, '{
            "id": "VARCHAR", "created_at": "VARCHAR", "responsible_user_id": "VARCHAR",
            "price": "VARCHAR",
            "_embedded": {
                "contacts": [{"id": "VARCHAR", "is_main": "VARCHAR"}],
                "loss_reason": [{"name": "VARCHAR"}]
            },
            "custom_fields_values": [{"field_code": "VARCHAR", "values": [{"value": "VARCHAR"}]}]
            }') as r
    from records
),

told as (
    select
        *,
        r.custom_fields_values as own,
        coalesce(r._embedded.contacts, []) as contacts
    from parsed
)

select
    line,
    0 as part,
    clean(r.id) as event_id,
    clean(r.created_at) as occurred_at,
    epoch_instant(r.created_at, 1) as instant,
    'deal_created' as kind,
    known(amo_field(own, 'UTM_SOURCE')) as utm_source,
    known(amo_field(own, 'UTM_MEDIUM')) as utm_medium,
    known(amo_field(own, 'UTM_CAMPAIGN')) as utm_campaign,
    known(amo_field(own, 'REFERRER')) as referrer,
    nullif(clean(r.price), '0') as value,
    user_name(r.responsible_user_id) as owner,
    clean(r._embedded.loss_reason[1].name) as loss_reason,
    list_concat(
        [
            {'type': 'deal_id', 'value': clean(r.id)},
            {'type': 'gclid', 'value': clean(amo_field(own, 'GCLID'))},
            {'type': 'yclid', 'value': clean(amo_field(own, 'YCLID'))},
            -- Two contacts of one lead are two people: only the main one, or the only one, is its.
            {
                'type': 'crm_contact',
                'value': coalesce(
                    list_filter(contacts, lambda c: c.is_main = 'true')[1].id,
                    if(len(contacts) = 1, contacts[1].id, null)
                )
            }
        ],
        amo_identifiers(own)
    ) as identifiers,
    deal_attributes() as attributes,
    case when clean(r.id) is null then 'id' end as fault_column,
    case when clean(r.id) is null then 'missing' end as fault
from told
