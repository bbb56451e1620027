-- purpose: Current events as the rules of the settings see them: touchpoint, stage, role.
-- grain: one row per event (source, event_id)
-- kind: events, internal
-- note: an event that no rule names keeps a touchpoint of its own; a stage it may not have yet.
with ruled as (
    select
        landed_events.* exclude (channel),
        event_channels.channel as reached_by,
        event_channels.mapped_channel,
        event_channels.arrival,
        ordered_files.source,
        ordered_files.source_position,
        ordered_files.file,
        source_settings.sessions and company_kinds.kind is null as is_session,
        company_kinds.kind is not null as is_company,
        rule_matches.touchpoint_rule,
        rule_matches.conversion_rules,
        rule_matches.loss_rule
    from landed_events
    inner join event_channels using (ref)
    inner join ordered_files using (file_id)
    inner join source_settings on ordered_files.source = source_settings.source
    left join company_kinds on landed_events.kind = company_kinds.kind
    left join rule_matches
        on
            rule_signature(landed_events, ordered_files.source, event_channels.channel)
            = rule_matches.signature
)

select
    ruled.ref,
    ruled.file,
    ruled.line,
    ruled.source,
    ruled.source_position,
    ruled.event_id,
    ruled.occurred_at,
    ruled.time_flag,
    ruled.kind,
    coalesce(kind_ranks.rank, 1000000) as kind_rank,
    ruled.sequence,
    -- What the company sends came from nowhere: it has a channel only where one is mapped.
    if(ruled.is_company, ruled.mapped_channel, ruled.reached_by) as channel,
    case when not ruled.is_company then ruled.arrival end as arrival,
    nullif(ruled.mapped_channel, 'Direct') as mapped_channel,
    ruled.utm_source,
    ruled.utm_medium,
    ruled.utm_campaign,
    ruled.host,
    ruled.page,
    unlike_an_end(coalesce(
        touchpoint_rules.touchpoint,
        ruled.touchpoint,
        case when is_page_view(ruled.kind) then first_folder(ruled.page) end,
        ruled.kind
    )) as touchpoint,
    coalesce(touchpoint_rules.stage, mapped_stages.name) as stage,
    coalesce(touchpoint_rules.owner, ruled.owner) as owner,
    ruled.is_session,
    ruled.is_company,
    excluded_kinds.kind is not null as is_excluded,
    bot_events.ref is not null as is_bot,
    ruled.loss_rule is not null as is_loss,
    ruled.conversion_rules,
    first_key(ruled.identifiers, 'order_id') as order_key,
    first_key(ruled.identifiers, 'deal_id') as deal_key,
    in_currency(ruled.value, rates.rate) as value,
    case when ruled.value is not null then $currency end as currency,
    ruled.device,
    ruled.region,
    ruled.product,
    ruled.direction,
    ruled.answered,
    ruled.duration_s,
    ruled.score,
    ruled.loss_reason,
    ruled.attributes
from ruled
left join touchpoint_rules on ruled.touchpoint_rule = touchpoint_rules.rule
left join stages as mapped_stages on ruled.stage = mapped_stages.name
left join kind_ranks on ruled.kind = kind_ranks.kind
left join excluded_kinds on ruled.kind = excluded_kinds.kind
left join bot_events on ruled.ref = bot_events.ref
left join rates on ruled.currency = rates.currency
