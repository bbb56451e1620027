-- purpose: Current events as the rules of the settings see them: touchpoint, stage, role.
-- grain: one row per event (source, event_id)
-- kind: events, transient
-- note: an event that no rule names keeps a touchpoint of its own; a stage it may not have yet.
with named as (
    select
        ref,
        min("key") filter (where type = 'order_id') as order_key,
        min("key") filter (where type = 'deal_id') as deal_key
    from landed_identifiers
    where type in ('order_id', 'deal_id')
    group by ref
),

ruled as (
    select
        landed_events.ref,
        landed_events.line,
        landed_events.event_id,
        landed_events.occurred_at,
        landed_events.kind,
        landed_events.sequence,
        landed_events.page,
        landed_events.touchpoint,
        landed_events.stage,
        landed_events.owner,
        landed_events.value,
        landed_events.currency,
        event_channels.channel as reached_by,
        event_channels.mapped_channel,
        event_channels.arrival,
        ordered_files.source,
        ordered_files.source_position,
        kinds.rank as kind_rank,
        kinds.is_company,
        kinds.is_answer,
        kinds.is_excluded,
        kinds.is_page_view,
        coalesce(landed_events.answered, kinds.is_answered) as is_answered,
        source_settings.sessions
        and not kinds.is_company
        and not (
            source_settings.may_be_offline
            and coalesce(landed_events.attributes['offline'] = 'true', false)
        ) as is_session,
        rule_matches.touchpoint_rule,
        rule_matches.conversion_rules,
        rule_matches.loss_rule,
        rule_matches.is_cancellation
    from landed_events
    inner join event_channels using (ref)
    inner join ordered_files using (file_id)
    inner join kinds on landed_events.kind = kinds.kind
    inner join source_settings on ordered_files.source = source_settings.source
    left join rule_matches
        on
            rule_signature(landed_events, ordered_files.source, event_channels.channel)
            = rule_matches.signature
)

select
    ruled.ref,
    ruled.line,
    ruled.source,
    ruled.source_position,
    ruled.event_id,
    ruled.occurred_at,
    ruled.kind,
    ruled.kind_rank,
    ruled.sequence,
    -- What the company sends came from nowhere: it has a channel only where one is mapped.
    if(ruled.is_company, ruled.mapped_channel, ruled.reached_by) as channel,
    case when not ruled.is_company then ruled.arrival end as arrival,
    nullif(ruled.mapped_channel, 'Direct') as mapped_channel,
    unlike_an_end(coalesce(
        touchpoint_rules.touchpoint,
        ruled.touchpoint,
        case when ruled.is_page_view then first_folder(ruled.page) end,
        ruled.kind
    )) as touchpoint,
    coalesce(touchpoint_rules.stage, mapped_stages.name) as stage,
    coalesce(touchpoint_rules.owner, ruled.owner) as owner,
    ruled.is_session,
    ruled.is_company,
    ruled.is_answer,
    ruled.is_page_view,
    ruled.is_answered,
    ruled.is_excluded,
    bot_events.ref is not null as is_bot,
    ruled.loss_rule is not null as is_loss,
    coalesce(ruled.is_cancellation, false) as is_cancellation,
    ruled.touchpoint_rule,
    ruled.conversion_rules,
    ruled.loss_rule,
    named.order_key,
    named.deal_key,
    in_currency(ruled.value, rates.rate) as value,
    case when ruled.value is not null then $currency end as currency
from ruled
left join named using (ref)
left join touchpoint_rules on ruled.touchpoint_rule = touchpoint_rules.rule
left join stages as mapped_stages on ruled.stage = mapped_stages.name
left join bot_events on ruled.ref = bot_events.ref
left join rates on ruled.currency = rates.currency
