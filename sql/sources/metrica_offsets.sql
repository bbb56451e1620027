-- purpose: How the times of visits fit the declared zone, and those inside them the visits.
-- grain: one row per file
-- kind: landing
-- note: `dateTimeUTC` is UTC+3 by its documentation; both readings are counted.
with visits as (
    select
        file_of(line) as place,
        epoch(started_at::timestamp) - epoch(started_elsewhere) as ahead_s,
        epoch(started_at::timestamp) - epoch(started) as offset_s,
        epoch(started_at::timestamp) as local_s,
        epoch(started) as started_s,
        longest_s - 1800 as duration_s,
        list_concat(goal_times, purchase_times) as times
    from metrica_rows
    where started is not null
),

inner_times as (
    select
        *,
        unnest(times) as told
    from visits
    where duration_s < 86400
),

delays as (
    select
        place,
        duration_s + 60 as most_s,
        epoch(moment_inside(told)) - started_s as declared_s,
        epoch(try_cast(told as timestamp)) - local_s as local_s,
        epoch(try_cast(told as timestamp)) - started_s as utc_s
    from inner_times
),

fits as (
    select
        place,
        count(local_s) as times,
        count(*) filter (declared_s between 0 and most_s) as as_declared,
        count(*) filter (local_s between 0 and most_s) as as_local,
        count(*) filter (utc_s - 10800 between 0 and most_s) as as_documented,
        count(*) filter (utc_s between 0 and most_s) as as_utc
    from delays
    group by place
),

zones as (
    select
        place,
        count(ahead_s) as visits,
        count(*) filter (ahead_s = offset_s - 10800) as in_moscow,
        count(*) filter (ahead_s = offset_s) as in_utc,
        mode(ahead_s) as ahead_s,
        mode(offset_s) as offset_s
    from visits
    group by place
)

select
    zones.*,
    coalesce(fits.times, 0) as times,
    fits.as_declared,
    fits.as_local,
    fits.as_documented,
    fits.as_utc
from zones
left join fits using (place)
