-- purpose: Journeys: a person's steps until the person falls silent or a loss is recorded.
-- grain: one row per journey
-- kind: person
-- note: ended_at is the customer's last sign of life or the loss; an open deal keeps it open.
with journey_events as (
    select
        person_events.*,
        event_places.journey_id,
        event_places.journey_number,
        deals.deal_key is not null as holds_open_deal,
        coalesce(person_events.loss_reason, listed_deals.loss_reason) as told_reason
    from person_events
    inner join event_places using (ref)
    left join deals
        on
            person_events.person_id = deals.person_id
            and person_events.deal_key = deals.deal_key
            and deals.settled_by is null
    left join listed_deals
        on
            person_events.person_id = listed_deals.person_id
            and person_events.deal_key = listed_deals.deal_key
    where event_places.journey_id is not null
),

spans as (
    select
        journey_id,
        person_id,
        journey_number,
        min(occurred_at) as started_at,
        coalesce(max(occurred_at) filter (is_loss), max(occurred_at) filter (not is_company))
            as ended_at,
        bool_or(is_loss) as has_loss,
        bool_or(holds_open_deal) as has_open_deal,
        arg_min(device, event_number) filter (device is not null) as device,
        arg_min(region, event_number) filter (region is not null) as region,
        arg_min(product, event_number) filter (product is not null) as product,
        arg_max(told_reason, event_number) filter (is_loss) as loss_reason
    from journey_events
    group by journey_id, person_id, journey_number
),

converted as (
    select
        journey_id,
        min(occurred_at) as converted_at,
        count(*) as conversions,
        sum(value) filter (is_primary)::decimal(18, 2) as value
    from conversions
    group by journey_id
),

touched as (
    select
        journey_id,
        list(channel order by event_number) as channel_path
    from touches
    group by journey_id
),

judged as (
    select
        spans.*,
        coalesce(converted.conversions, 0) as conversions,
        converted.converted_at,
        coalesce(converted.value, 0)::decimal(18, 2) as value,
        case
            when spans.has_loss then 'loss'
            when spans.has_open_deal then null
            when
                epoch_us($observed_until) - epoch_us(spans.ended_at) > $lost_after_us
                then 'silence'
        end as ended_by
    from spans
    left join converted using (journey_id)
)

select
    judged.journey_id,
    judged.person_id,
    judged.journey_number,
    judged.started_at,
    judged.ended_at,
    case
        when judged.conversions > 0 then 'converted'
        when judged.ended_by is not null then 'lost'
        else 'open'
    end as outcome,
    judged.ended_by is not null as closed,
    judged.ended_at
    + case judged.ended_by
        when 'loss' then to_microseconds(0)
        when 'silence' then to_microseconds($lost_after_us)
    end as closed_at,
    judged.ended_by,
    judged.converted_at,
    judged.conversions,
    judged.value,
    walked.steps,
    walked.path,
    coalesce(touched.channel_path, []) as channel_path,
    touched.channel_path[1] as first_channel,
    walked.last_touchpoint,
    case when judged.ended_by is not null then walked.left_touchpoint end as exit_touchpoint,
    walked.started_stage,
    walked.furthest_stage,
    judged.device,
    judged.region,
    judged.product,
    judged.loss_reason,
    coalesce(journey_attributes.attributes, map {}::map (text, text)) as attributes,
    month_of(judged.started_at) as month
from judged
inner join walked_journeys as walked using (journey_id)
left join touched using (journey_id)
left join journey_attributes using (journey_id)
