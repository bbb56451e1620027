-- purpose: Deals of a CRM, as raw events: each was created.
-- grain: one row per record of the file
-- kind: landing
-- note: what it says of the customer leads whatever else carries the deal's number to a person.
select
    line,
    0 as part,
    skip_reason,
    clean(deal_id) as event_id,
    clean(created_at) as occurred_at,
    'deal_created' as kind,
    known(utm_source) as utm_source,
    known(utm_medium) as utm_medium,
    known(utm_campaign) as utm_campaign,
    user_name(owner) as owner,
    clean(amount) as value,
    case when clean(amount) is not null then clean(currency) end as currency,
    clean(lost_reason) as loss_reason,
    [
        {'type': 'deal_id', 'value': clean(deal_id)},
        {'type': 'order_id', 'value': clean(order_id)},
        {'type': 'crm_contact', 'value': clean(contact_id)},
        {'type': 'phone', 'value': clean(phones)},
        {'type': 'email', 'value': clean(emails)},
        {'type': 'ga_client_id', 'value': clean(ga_client_id)},
        {'type': 'ym_client_id', 'value': clean(ym_client_id)}
    ] as identifiers,
    deal_attributes() as attributes,
    case when clean(deal_id) is null then 'deal_id' end as fault_column,
    case when clean(deal_id) is null then 'missing' end as fault
from records
