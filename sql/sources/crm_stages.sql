-- purpose: Changes of stage of deals, as raw events.
-- grain: one row per record of the file
-- kind: landing
-- note: a stage has the id that the list of stages knows it by; its name is looked up later.
with told as (
    select
        *,
        coalesce(clean(pipeline) || '/', '') || clean(to_stage) as stage_id
    from records
)

select
    line,
    0 as part,
    skip_reason,
    coalesce(
        clean(change_id),
        clean(deal_id) || '/' || stage_id || '/' || clean(changed_at)
    ) as event_id,
    clean(changed_at) as occurred_at,
    stage_kind(semantic, stage_id) as kind,
    stage_id as touchpoint,
    coalesce(user_name(owner), user_name(changed_by)) as owner,
    case when stage_kind(semantic, stage_id) = 'deal_won' then clean(amount) end as value,
    case when clean(amount) is not null then clean(currency) end as currency,
    clean(lost_reason) as loss_reason,
    [
        {'type': 'deal_id', 'value': clean(deal_id)},
        {'type': 'crm_contact', 'value': clean(contact_id)},
        {'type': 'phone', 'value': clean(phone)},
        {'type': 'email', 'value': clean(email)},
        {'type': 'ga_client_id', 'value': clean(ga_client_id)},
        {'type': 'ym_client_id', 'value': clean(ym_client_id)}
    ] as identifiers,
    stage_attributes(stage_id, clean(pipeline), clean(changed_by)) as attributes,
    case
        when clean(deal_id) is null then 'deal_id'
        when clean(to_stage) is null then 'to_stage'
        when stage_kind(semantic, stage_id) is null then 'semantic'
    end as fault_column,
    case
        when clean(deal_id) is null or clean(to_stage) is null then 'missing'
        when stage_kind(semantic, stage_id) is null then 'neither open nor won nor lost'
    end as fault
from told
