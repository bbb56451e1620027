-- purpose: Sessions: a person's runs of web events with no gap longer than the timeout.
-- grain: one row per session
-- kind: person
-- note: the channel is that of the arrival; a session that came from nowhere outside is Direct.
with joined as (
    select
        person_events.*,
        coalesce(person_events.arrival, person_events.mapped_channel) is not null as arrives,
        event_numbers.session_number
    from event_numbers
    inner join person_events using (ref)
    where event_numbers.session_number is not null
)

select
    keyed_id(
        'session' || person_id
        || arg_min(source, event_number) || '/' || arg_min(event_id, event_number)
    ) as session_id,
    person_id,
    session_number,
    min(occurred_at) as started_at,
    max(occurred_at) as ended_at,
    count(*) as events,
    coalesce(arg_min(channel, event_number) filter (arrives), 'Direct') as channel,
    arg_min(utm_source, event_number) filter (utm_source is not null) as utm_source,
    arg_min(utm_medium, event_number) filter (utm_medium is not null) as utm_medium,
    arg_min(utm_campaign, event_number) filter (utm_campaign is not null) as utm_campaign,
    arg_min(page, event_number) filter (page is not null) as landing,
    arg_min(device, event_number) filter (device is not null) as device,
    arg_min(region, event_number) filter (region is not null) as region
from joined
group by person_id, session_number
order by person_id, session_number
