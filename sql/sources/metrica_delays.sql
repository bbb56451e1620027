-- purpose: How many times of goals and of purchases lie inside their visits, by each reading.
-- grain: one row per file, and goals or purchases
-- kind: landing
-- note: only of visits that tell how long they were.
with told as (
    select
        file_of(line) as place,
        started,
        try_cast(started_at as timestamp) as local_time,
        longest_s - 1740 as most_s,
        unnest([
            {'what': 'goals', 'times': if(goals_fault is null, goal_times, [])},
            {'what': 'purchases', 'times': purchase_times}
        ]) as inner_times
    from metrica_rows
    where duration_s is not null and longest_s < 86400 and is_moment(started_at)
),

each as (
    select
        place,
        most_s,
        started,
        local_time,
        inner_times.what,
        unnest(inner_times.times) as inner_time
    from told
),

delays as (
    select
        place,
        what,
        most_s,
        epoch(moment_inside(inner_time)) - epoch(started) as declared_s,
        epoch(try_cast(inner_time as timestamp)) - epoch(local_time) as local_s,
        epoch(try_cast(inner_time as timestamp)) - epoch(started) as utc_s
    from each
    where is_moment(inner_time)
)

select
    place,
    what,
    count(local_s) as times,
    count(*) filter (declared_s between 0 and most_s) as as_declared,
    count(*) filter (local_s between 0 and most_s) as as_local,
    count(*) filter (utc_s - 10800 between 0 and most_s) as as_documented,
    count(*) filter (utc_s between 0 and most_s) as as_utc
from delays
group by place, what
order by place, what
