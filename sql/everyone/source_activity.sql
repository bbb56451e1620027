-- purpose: What each source brought of journeys, and each advertised one of costs, by local day.
-- grain: one row per stream (events or costs), source, local day, unit and touchpoint
-- kind: everyone, internal
-- note: a touchpoint for `met` alone, which is events at those that a declared change names.
with told as (
    select
        source,
        'events' as unit,
        null::text as touchpoint,
        -- Zones differ by quarters of an hour, so that only these are converted.
        epoch_us(occurred_at) // 900000000 as quarter,
        count(*) as amount
    from events
    where journey_id is not null
    group by source, quarter
    union all
    select events.source, 'begins', null, epoch_us(events.occurred_at) // 900000000, count(*)
    from journeys
    inner join events
        on journeys.journey_id = events.journey_id and journeys.started_at = events.occurred_at
    group by all
    union all
    select source, 'conversions', null, epoch_us(occurred_at) // 900000000, count(*)
    from conversions
    group by all
    union all
    select source, 'met', touchpoint, epoch_us(occurred_at) // 900000000, count(*)
    from events
    semi join declared_changes using (touchpoint)
    where journey_id is not null
    group by all
)

select
    'events' as stream,
    source,
    unit,
    touchpoint,
    timezone(getvariable('zone'), make_timestamptz(quarter * 900000000))::date as local_day,
    sum(amount)::decimal(18, 2) as amount
from told
group by all
union all
select 'costs', source, 'cost', null, day, sum(cost)::decimal(18, 2)
from costs
where cost > 0
group by source, day
