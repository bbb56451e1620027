-- purpose: amoCRM's leads that were won or lost, as raw events.
-- grain: one row per such lead
-- kind: landing
-- note: where a history of stages is read beside them, that tells the ends, and this nothing.
with parsed as (
    select
        line,
        json_transform(record, '{
            "id": "VARCHAR", "status_id": "VARCHAR", "closed_at": "VARCHAR", "price": "VARCHAR",
            "responsible_user_id": "VARCHAR",
            "_embedded": {"loss_reason": [{"name": "VARCHAR"}]}}') as r
    from records
    where not getvariable('has_history')
)

select
    line,
    1 as part,
    clean(r.id) || '/end' as event_id,
    clean(r.closed_at) as occurred_at,
    epoch_instant(r.closed_at, 1) as instant,
    amo_kind(r.status_id) as kind,
    case when r.status_id = '142' then nullif(clean(r.price), '0') end as value,
    user_name(r.responsible_user_id) as owner,
    clean(r._embedded.loss_reason[1].name) as loss_reason,
    [{'type': 'deal_id', 'value': clean(r.id)}] as identifiers
from parsed
where r.status_id in ('142', '143')
