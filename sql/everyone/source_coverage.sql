-- purpose: From when until when each source tells of journeys, and whether it begins late.
-- grain: one row per source with events in journeys
-- kind: everyone
-- note: by itself late is a week or more, and twice as long as it was ever silent afterwards.
with active as (
    select
        source,
        date_trunc('day', occurred_at) as day,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at,
        count(*) as events,
        count(answered) as told_calls
    from events
    where journey_id is not null
    group by source, day
),

paced as (
    select
        *,
        epoch_us(day) - epoch_us(lag(day) over (partition by source order by day)) as silence_us
    from active
),

spans as (
    select
        source,
        min(first_at) as first_event_at,
        max(last_at) as last_event_at,
        sum(events)::bigint as events,
        sum(told_calls) > 0 as tells_calls,
        count(*) as days,
        max(silence_us) / 1000000 as longest_silence_s
    from paced
    group by source
),

begun as (
    select
        *,
        min(first_event_at) over () as all_began_at,
        (epoch_us(first_event_at) - epoch_us(min(first_event_at) over ())) / 1000000
            as began_after_s
    from spans
)

select
    begun.source,
    begun.first_event_at,
    begun.last_event_at,
    begun.events,
    begun.days,
    begun.longest_silence_s,
    begun.began_after_s,
    begun.tells_calls,
    case
        when source_settings.covers_from is not null
            then
                case
                    when source_settings.covers_from > begun.all_began_at
                        then source_settings.covers_from
                end
        -- Of four days the silences between say how regular it is; of fewer nothing does.
        when
            begun.days >= 4
            and begun.began_after_s >= 7 * 86400
            and begun.began_after_s >= 2 * begun.longest_silence_s
            then begun.first_event_at
    end as covered_from
from begun
inner join source_settings on begun.source = source_settings.source
