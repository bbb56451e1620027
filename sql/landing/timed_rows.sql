-- purpose: The moment each raw row happened, from its own offset or the source's declared zone.
-- grain: one row per raw row
-- kind: landing
-- note: a doubled local time takes the earlier reading and says so; a skipped one has no instant.
with spelled as (
    select
        line,
        part,
        instant,
        day,
        occurred_at as text,
        case
            when instant is not null or $time_format is null or $time_format like 'epoch%' then null
            else try_strptime(occurred_at, getvariable('time_format'))::timestamp
        end as formatted,
        case
            when $time_format = 'epoch_s' then epoch_instant(occurred_at, 1)
            when $time_format = 'epoch_ms' then epoch_instant(occurred_at, 1000)
            when $time_format = 'epoch_us' then epoch_instant(occurred_at, 1000000)
            when
                $time_format is null and has_offset(occurred_at)
                then try_cast(iso_offset(occurred_at) as timestamptz)
        end as told
    from raw_rows
    where skip_reason is null
),

placed as (
    select
        line,
        part,
        text,
        day,
        coalesce(instant, told, case when $format_has_offset then formatted::timestamptz end)
            as known,
        case
            when instant is not null or told is not null or $format_has_offset then null
            when $time_format like 'epoch%' then null
            when $time_format is not null then formatted
            when is_iso_local(text) then try_cast(text as timestamp)
        end as local_time
    from spelled
)

select
    placed.line,
    placed.part,
    coalesce(
        placed.known,
        case
            when zone_segments.flag is distinct from 'nonexistent'
                then make_timestamptz(
                    epoch_us(placed.local_time) - zone_segments.offset_s * 1000000
                )
        end
    ) as occurred_at,
    case when placed.known is null then zone_segments.flag end as time_flag,
    placed.day,
    placed.known is null and placed.local_time is not null as is_local
from placed
asof left join zone_segments on placed.local_time >= zone_segments.local_from
