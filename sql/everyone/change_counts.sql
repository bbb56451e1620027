-- purpose: The journeys begun before and after each declared change, and who of them converted.
-- grain: one row per declared change, measure, side and part
-- kind: everyone, internal
-- note: parts: of volume weeks counted from the change, as far as known; of conversion channels.
with windows as (
    select *
    from compared_windows
    where subject = 'change'
),

begun as (
    select
        timezone(getvariable('zone'), journeys.started_at)::date as local_day,
        coalesce(journeys.first_channel, '(none)') as channel,
        count(*) as journeys,
        count(*) filter (
            epoch_us(journeys.converted_at) - epoch_us(journeys.started_at)
            <= follow_ups.days * 86400000000
        ) as converted
    from journeys
    cross join follow_ups
    where follow_ups.measure = 'conversion' and exists (from declared_changes)
    group by local_day, channel
),

reached as (
    select
        windows.change_number,
        windows.measure,
        windows.day,
        least(26, (windows.day - observed_time.first_day) // 7) as weeks_before,
        least(
            26, (timezone(getvariable('zone'), observed_time.seen_until)::date - windows.day) // 7
        ) as weeks_after
    from windows
    cross join observed_time
    where windows.measure = 'volume' and windows.side = 'after'
),

blocks as (
    select
        *,
        unnest(range(-weeks_before, weeks_after))::integer as block
    from reached
)

select
    blocks.change_number,
    blocks.measure,
    'block' as side,
    blocks.block::text as part,
    coalesce(sum(begun.journeys), 0)::bigint as whole,
    null::bigint as happened
from blocks
left join begun
    on
        blocks.day + 7 * blocks.block <= begun.local_day
        and begun.local_day < blocks.day + 7 * blocks.block + 7
group by blocks.change_number, blocks.measure, blocks.block
union all
select
    windows.change_number,
    windows.measure,
    windows.side,
    begun.channel,
    sum(begun.journeys)::bigint,
    sum(begun.converted)::bigint
from windows
inner join begun
    on windows.first_day <= begun.local_day and windows.end_day > begun.local_day
where windows.measure = 'conversion'
group by windows.change_number, windows.measure, windows.side, begun.channel
