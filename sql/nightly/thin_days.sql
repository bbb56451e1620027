-- purpose: Sources that brought far fewer rows than usual for their latest complete day.
-- grain: one row per source below its `min_rows_vs_usual`
-- kind: nightly
-- note: a day is complete once its source has a row of a later one; rows that count are counted.
with landed as (
    select ref, file_id, local_day
    from landed_events
    union all
    select ref, file_id, local_day
    from landed_costs
    union all
    select ref, file_id, local_day
    from landed_feedback
),

counted as (
    select
        source_settings.source,
        source_settings.min_rows_vs_usual,
        landed.local_day,
        count(*) as "rows"
    from landed
    semi join current_rows using (ref)
    inner join ledger using (file_id)
    inner join source_settings using (source)
    where source_settings.min_rows_vs_usual is not null
    group by all
),

judged as (
    select
        source,
        min_rows_vs_usual,
        min(local_day) as first_day,
        max(local_day) - 1 as latest_day,
        unnest(range(9)) as weeks_before
    from counted
    group by source, min_rows_vs_usual
),

compared as (
    select
        judged.source,
        judged.min_rows_vs_usual,
        judged.latest_day,
        judged.weeks_before,
        coalesce(counted."rows", 0) as "rows"
    from judged
    left join counted
        on
            judged.source = counted.source
            and judged.latest_day - (7 * judged.weeks_before)::integer = counted.local_day
    where judged.latest_day - (7 * judged.weeks_before)::integer >= judged.first_day
)

select
    source,
    sum("rows") filter (weeks_before = 0)::bigint as "rows",
    latest_day,
    min_rows_vs_usual,
    median("rows") filter (weeks_before > 0) as usual,
    count(*) filter (weeks_before > 0) as weeks
from compared
group by source, latest_day, min_rows_vs_usual
having weeks >= 3 and "rows" < min_rows_vs_usual * usual
order by source
