-- purpose: Where each current event came from.
-- grain: one row per event (source, event_id)
-- kind: events, internal
-- note: a mapped channel wins over campaign parameters and referrer; Direct is no arrival.
select
    landed_events.ref,
    case
        when is_direct(landed_events.channel) then 'Direct'
        else coalesce(landed_events.channel, arrivals.channel)
    end as channel,
    case
        when is_direct(landed_events.channel) then null
        when landed_events.channel is not null then 'channel ' || landed_events.channel
        when arrivals.channel <> 'Direct' then arrivals.arrival
    end as arrival
from landed_events
semi join current_rows using (ref)
left join arrivals on arrival_parts(landed_events) = arrivals.parts
