-- purpose: Current events as the rules of the settings see them: touchpoint, stage, role.
-- grain: one row per event (source, event_id)
-- kind: events, internal
-- note: an event that no rule names keeps a touchpoint of its own; only its stage may be unknown.
with ruled as (
    select
        landed_events.* exclude (channel),
        event_channels.channel,
        event_channels.arrival,
        ordered_files.source,
        ordered_files.source_position,
        ordered_files.file,
        source_settings.sessions as is_session,
        rule_matches.touchpoint_rule,
        rule_matches.conversion_rules,
        rule_matches.loss_rule
    from landed_events
    inner join event_channels using (ref)
    inner join ordered_files using (file_id)
    inner join source_settings on ordered_files.source = source_settings.source
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
    ruled.channel,
    ruled.arrival,
    ruled.utm_source,
    ruled.utm_medium,
    ruled.utm_campaign,
    ruled.host,
    ruled.page,
    coalesce(
        touchpoint_rules.touchpoint,
        ruled.touchpoint,
        case when is_page_view(ruled.kind) then first_folder(ruled.page) end,
        ruled.kind
    ) as touchpoint,
    coalesce(
        touchpoint_rules.stage,
        mapped_stages.name,
        case when ruled.conversion_rules is not null then purchase_stages.name end
    ) as stage,
    coalesce(touchpoint_rules.owner, ruled.owner) as owner,
    ruled.is_session,
    company_kinds.kind is not null as is_company,
    excluded_kinds.kind is not null as is_excluded,
    bot_events.ref is not null as is_bot,
    ruled.loss_rule is not null as is_loss,
    ruled.conversion_rules,
    first_key(ruled.identifiers, 'order_id') as order_key,
    first_key(ruled.identifiers, 'deal_id') as deal_key,
    round(ruled.value * rates.rate, 2)::decimal(18, 2) as value,
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
left join stages as purchase_stages on purchase_stages.name = 'purchase'
left join kind_ranks on ruled.kind = kind_ranks.kind
left join company_kinds on ruled.kind = company_kinds.kind
left join excluded_kinds on ruled.kind = excluded_kinds.kind
left join bot_events on ruled.ref = bot_events.ref
left join rates on ruled.currency = rates.currency
