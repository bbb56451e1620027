-- purpose: Changes of stage among amoCRM's events, as raw events.
-- grain: one row per record of the file
-- kind: landing
-- note: 142 is won and 143 lost in every pipeline, so a stage is known by both numbers.
with parsed as (
    select
        line,
        json_transform(record, '{
            "id": "VARCHAR", "type": "VARCHAR", "entity_id": "VARCHAR", "entity_type": "VARCHAR",
            "created_at": "VARCHAR", "created_by": "VARCHAR",
            "value_after": [{"lead_status": {"id": "VARCHAR", "pipeline_id": "VARCHAR"}}]}') as r
    from records
),

told as (
    select
        *,
        list_filter(r.value_after, lambda v: v.lead_status.id is not null)[1].lead_status as status
    from parsed
)

select
    line,
    0 as part,
    case
        when
            coalesce(clean(r.type), '') <> 'lead_status_changed'
            or coalesce(clean(r.entity_type), 'lead') not in ('lead', 'leads')
            then 'another kind of event'
    end as skip_reason,
    clean(r.id) as event_id,
    clean(r.created_at) as occurred_at,
    epoch_instant(r.created_at, 1) as instant,
    amo_kind(status.id) as kind,
    status.pipeline_id || '/' || status.id as touchpoint,
    user_name(nullif(clean(r.created_by), '0')) as owner,
    [{'type': 'deal_id', 'value': clean(r.entity_id)}] as identifiers,
    stage_attributes(
        status.pipeline_id || '/' || status.id,
        status.pipeline_id,
        clean(r.created_by)
    ) as attributes,
    missing_field(clean(r.entity_id), 'entity_id', status.id, 'value_after') as fault_column,
    case when clean(r.entity_id) is null or status.id is null then 'missing' end as fault
from told
