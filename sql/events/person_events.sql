-- purpose: The events that take part in journeys, in the order in which each person lived them.
-- grain: one row per participating event
-- kind: events, internal
-- note: `tied` where only line or event_id tells an event from the one before it.
with lived as (
    select
        tagged_events.ref,
        event_persons.person_id,
        row_number() over lived + coalesce(touched_persons.events_before, 0) as event_number,
        -- What came before is told while events are in order, which is dear to repeat.
        lag(tagged_events.occurred_at) over lived as occurred_before,
        lag(tagged_events.touchpoint) over lived as touchpoint_before,
        last_value(
            case when tagged_events.is_session then tagged_events.occurred_at end ignore nulls
        ) over earlier as visited_before,
        -- The customer's last sign of life, unless a loss came in between.
        nullif(
            last_value(
                case
                    when tagged_events.is_loss then timestamptz 'infinity'
                    when not tagged_events.is_company then tagged_events.occurred_at
                end ignore nulls
            ) over earlier,
            timestamptz 'infinity'
        ) as seen_before,
        coalesce(event_place(tagged_events) = lag(event_place(tagged_events)) over lived, false)
            as tied
    from tagged_events
    inner join event_persons using (ref)
    left join touched_persons on event_persons.person_id = touched_persons.person_id
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
        ),
        earlier as (lived rows between unbounded preceding and 1 preceding)
)

select
    lived.person_id,
    lived.event_number,
    lived.ref,
    tagged_events.source,
    tagged_events.event_id,
    tagged_events.occurred_at,
    tagged_events.touchpoint,
    tagged_events.stage,
    tagged_events.channel,
    tagged_events.mapped_channel,
    tagged_events.arrival,
    landed_events.utm_source,
    landed_events.utm_medium,
    landed_events.utm_campaign,
    landed_events.page,
    tagged_events.is_session,
    tagged_events.is_company,
    tagged_events.is_answer,
    tagged_events.is_page_view,
    tagged_events.is_loss,
    tagged_events.is_cancellation,
    exists (
        from kind_roles
        where
            kind_roles.role = 'complaint'
            and kind_roles.kind = landed_events.kind
            and coalesce(kind_roles.source, tagged_events.source) = tagged_events.source
    ) as is_complaint,
    tagged_events.conversion_rules,
    tagged_events.order_key,
    tagged_events.deal_key,
    tagged_events.value,
    landed_events.device,
    landed_events.region,
    landed_events.product,
    landed_events.loss_reason,
    landed_events.owner,
    landed_events.attributes,
    -- Who called, and whether they spoke; a call that stands at its visit has no time of its own.
    case
        when tagged_events.is_answered is null then null
        when landed_events.attributes['time'] = 'of its visit' then null
        when
            tagged_events.is_company
            or landed_events.direction = 'out'
            or landed_events.attributes['callback'] = 'true'
            then if(tagged_events.is_answered, 'reached', 'tried')
        else if(tagged_events.is_answered, 'talked', 'missed')
    end as call_result,
    lived.occurred_before,
    lived.touchpoint_before,
    lived.visited_before,
    lived.seen_before,
    -- Near is what follows it without a silence that would have ended the journey.
    coalesce(
        epoch_us(tagged_events.occurred_at) - epoch_us(lived.seen_before) <= $lost_after_us, false
    ) as is_near,
    lived.tied
from lived
inner join tagged_events using (ref)
inner join landed_events using (ref)
