-- purpose: Web identifiers that act at a pace no human keeps, and visits of told robots.
-- grain: one row per identifier
-- kind: events, internal
-- note: more than the allowed number of events within any 60 seconds; decided before identity.
with busy as (
    select
        type,
        "key"
    from event_identifiers
    where is_web
    group by type, "key"
    having count(*) > $max_events_per_minute
),

paced as (
    select
        type,
        "key",
        epoch_us(occurred_at) - epoch_us(lag(occurred_at, $max_events_per_minute::integer) over (
            partition by type, "key" order by occurred_at, ref
        )) < 60000000 as too_fast
    from event_identifiers
    semi join busy using (type, "key")
    where is_web
)

select distinct
    type,
    "key"
from paced
where too_fast

union

-- A counter may tell it of a visit, and deliver what was done in it elsewhere, without a word.
select
    event_identifiers.type,
    event_identifiers.key as "key"
from event_identifiers
inner join landed_events using (ref)
where
    landed_events.kind = 'visit'
    and landed_events.user_agent = '(robot)'
    and event_identifiers.type in ('visit_id', 'watch_id')
