-- purpose: How the times of visits fit the declared zone.
-- grain: one row per file
-- kind: landing
-- note: `dateTimeUTC` is UTC+3 by its documentation; both readings are counted.
with visits as (
    select
        file_of(line) as place,
        try_cast(started_at as timestamp) as local_time,
        epoch(try_cast(started_at as timestamp)) - epoch(started_elsewhere) as ahead_s,
        epoch(try_cast(started_at as timestamp)) - epoch(started) as offset_s
    from metrica_rows
    where is_moment(started_at)
),

-- In the hours around a change of the clock nobody can tell which offset holds.
steady as (
    select
        *,
        ahead_s = offset_s - 10800 as is_moscow,
        ahead_s = offset_s as is_utc
    from visits
    where
        epoch(timezone(getvariable('source_zone'), local_time + interval 3 hours))
        - epoch(timezone(getvariable('source_zone'), local_time - interval 3 hours)) = 21600
)

select
    place,
    count(ahead_s) as visits,
    count(*) filter (is_moscow) as in_moscow,
    count(*) filter (is_utc) as in_utc,
    mode(ahead_s) filter (not (is_moscow or is_utc)) as ahead_s,
    mode(offset_s) filter (not (is_moscow or is_utc)) as offset_s
from steady
where ahead_s is not null
group by place
order by place
