-- purpose: When each source brought nothing for longer than is usual with it.
-- grain: one row per stream, source and silence, from one local day until before another
-- kind: everyone, internal
-- note: so many days as are `tolerated` are usual; it is silent before it begins and after its end.
with active as (
    select
        stream,
        source,
        local_day,
        lead(local_day) over (partition by stream, source order by local_day) as next_day
    from source_activity
    where unit in ('events', 'cost')
),

usual as (
    select
        stream,
        source,
        min(local_day) as first_day,
        2 * coalesce(quantile_disc(next_day - local_day, 0.95), 1) - 1 as tolerated
    from active
    group by stream, source
),

silences as (
    select
        usual.stream,
        usual.source,
        date '0001-01-01' as silent_from,
        coalesce(
            timezone(getvariable('zone'), source_settings.covers_from)::date, usual.first_day
        ) as silent_until
    from usual
    left join source_settings on usual.stream = 'events' and usual.source = source_settings.source
    union all
    select stream, source, local_day + 1, coalesce(next_day, date '9999-12-31')
    from active
)

select
    silences.stream,
    silences.source,
    silences.silent_from,
    silences.silent_until,
    usual.tolerated
from silences
inner join usual using (stream, source)
where silences.silent_until - silences.silent_from > usual.tolerated
