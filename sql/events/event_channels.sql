-- purpose: Where each current event came from.
-- grain: one row per event (source, event_id)
-- kind: events, transient
-- note: a mapped channel wins over campaign parameters and referrer; Direct is no arrival.
with landed as (
    select
        landed_events.ref,
        arrival_parts(landed_events) as parts,
        case
            when is_direct(landed_events.channel) then 'Direct'
            when told(landed_events.channel) is not null then landed_events.channel
        end as mapped_channel
    from landed_events
    semi join current_rows using (ref)
)

select
    landed.ref,
    landed.mapped_channel,
    coalesce(landed.mapped_channel, arrivals.channel) as channel,
    case
        when coalesce(landed.mapped_channel, '') <> 'Direct' and arrivals.channel <> 'Direct'
            then arrivals.arrival
    end as arrival
from landed
left join arrivals using (parts)
