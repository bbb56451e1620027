-- purpose: Deals of a CRM that were won or lost, as raw events.
-- grain: one row per such deal
-- kind: landing
-- note: where a history of stages is read beside them, that tells the ends, and this nothing.
select
    line,
    1 as part,
    clean(deal_id) || '/end' as event_id,
    clean(closed_at) as occurred_at,
    stage_kind(status, null) as kind,
    user_name(owner) as owner,
    case when stage_kind(status, null) = 'deal_won' then clean(amount) end as value,
    case when clean(amount) is not null then clean(currency) end as currency,
    clean(lost_reason) as loss_reason,
    [
        {'type': 'deal_id', 'value': clean(deal_id)},
        {'type': 'crm_contact', 'value': clean(contact_id)},
        {'type': 'phone', 'value': clean(phones)},
        {'type': 'email', 'value': clean(emails)}
    ] as identifiers,
    case when stage_kind(status, null) is null then 'status' end as fault_column,
    case when stage_kind(status, null) is null then 'neither open nor won nor lost' end as fault
from records
where
    skip_reason is null
    and not getvariable('has_history')
    and clean(status) is not null
    and stage_kind(status, null) is distinct from 'stage_changed'
