-- purpose: Records of Bitrix24's history of stages, as raw events.
-- grain: one row per record of the file
-- kind: landing
-- note: it does not say who moved a deal; the list of deals says who has it now.
with parsed as (
    select
        line,
        json_transform(record, '{
            "ID": "VARCHAR", "OWNER_ID": "VARCHAR", "CREATED_TIME": "VARCHAR",
            "STAGE_ID": "VARCHAR", "STAGE_SEMANTIC_ID": "VARCHAR", "CATEGORY_ID": "VARCHAR"}') as r
    from records
)

select
    line,
    0 as part,
    clean(r.id) as event_id,
    clean(r.created_time) as occurred_at,
    stage_kind(r.stage_semantic_id, clean(r.stage_id)) as kind,
    clean(r.stage_id) as touchpoint,
    [{'type': 'deal_id', 'value': clean(r.owner_id)}] as identifiers,
    stage_attributes(clean(r.stage_id), clean(r.category_id), null) as attributes,
    missing_field(clean(r.owner_id), 'OWNER_ID', clean(r.stage_id), 'STAGE_ID') as fault_column,
    case
        when clean(r.owner_id) is null or clean(r.stage_id) is null then 'missing'
        when stage_kind(r.stage_semantic_id, clean(r.stage_id)) is null
            then 'neither open nor won nor lost'
    end as fault
from parsed
