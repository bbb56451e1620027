-- purpose: Days of which two files brought different rows, so that one has replaced the other.
-- grain: one row per source and day, the most doubtful of each source
-- kind: nightly
-- note: a day that comes anew brings most of its rows again. Asked of one run, and of the latest.
with delivered as not materialized (
    select
        ordered_files.source,
        ordered_files.delivered,
        ordered_files.delivery_order,
        ordered_files.finality,
        ordered_files.file,
        landed_events.local_day,
        landed_events.ref,
        landed_events.event_id
    from landed_events
    inner join ordered_files using (file_id)
    where ordered_files.replaces = 'day'
),

twice as (
    select source, local_day, finality
    from delivered
    group by source, local_day, finality
    having
        count(distinct delivery_order) > count(distinct delivered)
        or (
            count(distinct delivery_order) > 1
            and max(delivered) = (select max(delivered) from ordered_files)
        )
),

standing as (
    select distinct
        delivered.source,
        delivered.local_day,
        delivered.finality,
        delivered.event_id
    from delivered
    semi join twice using (source, local_day, finality)
    semi join current_rows using (ref)
),

replaced as (
    select
        delivered.source,
        delivered.local_day,
        delivered.file,
        count(*) as "rows",
        count(*) filter (standing.event_id is null) as given_up
    from delivered
    -- What a more final table of the day replaces was meant to be.
    semi join standing as final_rows using (source, local_day, finality)
    left join standing using (source, local_day, event_id)
    group by delivered.source, delivered.local_day, delivered.file
)

select
    replaced.source,
    arg_max(replaced.file, (replaced.given_up, replaced.file)) as file,
    arg_max(replaced.local_day, (replaced.given_up, replaced.file)) as local_day,
    max(replaced.given_up) as given_up
from replaced
where
    replaced.given_up = replaced."rows"
    or (replaced.given_up > 20 and 2 * replaced.given_up > replaced."rows")
group by replaced.source
order by replaced.source
