-- purpose: Every current event, whether it takes part in journeys or not, and where it stands.
-- grain: one row per event (source, event_id)
-- kind: everyone
-- note: `file` and `line` lead back to the export row; a bot's events have no person.
with claims as (
    select
        ref,
        min(conversion_id) filter (stands) as conversion_id,
        case when not bool_or(stands) then min(conversion_id) end as same_conversion_as
    from conversion_claims
    group by ref
)

select
    tagged_events.event_id,
    tagged_events.source,
    tagged_events.kind,
    tagged_events.occurred_at,
    event_persons.person_id,
    event_places.event_number,
    event_places.session_id,
    event_places.journey_id,
    coalesce(event_places.channel, tagged_events.channel) as channel,
    landed_events.utm_source,
    landed_events.utm_medium,
    landed_events.utm_campaign,
    tagged_events.touchpoint,
    coalesce(event_places.stage, tagged_events.stage) as stage,
    landed_events.page,
    landed_events.host,
    landed_events.device,
    landed_events.region,
    landed_events.product,
    landed_events.direction,
    tagged_events.is_answered as answered,
    landed_events.duration_s,
    tagged_events.owner,
    tagged_events.touchpoint_rule,
    tagged_events.conversion_rules,
    tagged_events.loss_rule,
    landed_events.loss_reason,
    landed_events.score,
    tagged_events.value,
    tagged_events.currency,
    tagged_events.is_bot,
    landed_events.time_flag,
    event_places.ref is not null as participates,
    claims.conversion_id,
    claims.same_conversion_as,
    ordered_files.file,
    tagged_events.line
from tagged_events
inner join landed_events using (ref)
inner join ordered_files using (file_id)
left join event_persons using (ref)
left join event_places using (ref)
left join claims using (ref)
