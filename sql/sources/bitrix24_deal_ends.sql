-- purpose: Bitrix24's deals that were won or lost, as raw events.
-- grain: one row per such deal
-- kind: landing
-- note: where a history of stages is read beside them, that tells the ends, and this nothing.
with parsed as (
    select
        line,
        json_transform(record, '{
            "ID": "VARCHAR", "STAGE_SEMANTIC_ID": "VARCHAR", "CLOSEDATE": "VARCHAR",
            "CONTACT_ID": "VARCHAR", "ASSIGNED_BY_ID": "VARCHAR", "OPPORTUNITY": "VARCHAR",
            "CURRENCY_ID": "VARCHAR"}') as r
    from records
    where not getvariable('has_history')
)

select
    line,
    1 as part,
    clean(r.id) || '/end' as event_id,
    clean(r.closedate) as occurred_at,
    stage_kind(r.stage_semantic_id, null) as kind,
    case when upper(r.stage_semantic_id) = 'S' then clean(r.opportunity) end as value,
    clean(r.currency_id) as currency,
    user_name(r.assigned_by_id) as owner,
    [
        {'type': 'deal_id', 'value': clean(r.id)},
        {'type': 'crm_contact', 'value': clean(r.contact_id)}
    ] as identifiers
from parsed
where upper(r.stage_semantic_id) in ('S', 'F')
