-- purpose: The events that take part in journeys, in the order in which each person lived them.
-- grain: one row per participating event
-- kind: events, internal
-- note: `tied` marks events whose order only line or event_id decided.
with ordered as (
    select
        tagged_events.*,
        event_persons.person_id,
        row_number() over lived as event_number,
        lag(event_place(tagged_events)) over lived as place_before,
        lead(event_place(tagged_events)) over lived as place_after
    from tagged_events
    inner join event_persons using (ref)
    where
        not tagged_events.is_bot
        and not tagged_events.is_excluded
        and tagged_events.occurred_at <= $observed_until
    window
        lived as (
            partition by event_persons.person_id
            order by
                tagged_events.occurred_at,
                tagged_events.kind_rank,
                tagged_events.source_position,
                tagged_events.sequence nulls last,
                tagged_events.line,
                tagged_events.event_id
        )
)

select
    person_id,
    event_number,
    ref,
    source,
    event_id,
    occurred_at,
    kind,
    touchpoint,
    stage,
    channel,
    arrival,
    utm_source,
    utm_medium,
    utm_campaign,
    page,
    is_session,
    is_company,
    is_loss,
    conversion_rules,
    order_key,
    deal_key,
    value,
    device,
    region,
    product,
    loss_reason,
    attributes,
    coalesce(event_place(ordered) in (place_before, place_after), false) as tied
from ordered
