-- purpose: Sources that brought far fewer rows than usual for their latest complete day.
-- grain: one row per source below its `min_rows_vs_usual`
-- kind: nightly
-- note: a day is complete once its source has a row of a later one; rows that count are counted.
with landed as not materialized (
    select ref, file_id, local_day
    from landed_events
    union all
    select ref, file_id, local_day
    from landed_costs
    union all
    select ref, file_id, local_day
    from landed_feedback
    union all
    select ref, file_id, local_day
    from landed_links
),

watched as (
    select ledger.file_id, source_settings.source, source_settings.min_rows_vs_usual
    from ledger
    inner join source_settings using (source)
    where source_settings.min_rows_vs_usual is not null
),

spans as (
    select
        watched.source,
        watched.min_rows_vs_usual,
        min(landed.local_day) as first_day,
        max(landed.local_day) - 1 as latest_day
    from landed
    inner join watched using (file_id)
    group by watched.source, watched.min_rows_vs_usual
),

weeks as (
    select unnest(range(9))::integer as weeks_before
),

compared as (
    select
        spans.source,
        spans.min_rows_vs_usual,
        spans.latest_day,
        weeks.weeks_before,
        spans.latest_day - 7 * weeks.weeks_before as local_day
    from spans
    cross join weeks
    where spans.latest_day - 7 * weeks.weeks_before >= spans.first_day
),

-- Nine days of each source, and not its whole history, are looked up among the rows that count.
counted as (
    select watched.source, landed.local_day, count(*) as "rows"
    from landed
    inner join watched using (file_id)
    semi join compared
        on watched.source = compared.source and landed.local_day = compared.local_day
    semi join current_rows on landed.ref = current_rows.ref
    group by watched.source, landed.local_day
)

select
    compared.source,
    sum(coalesce(counted."rows", 0)) filter (weeks_before = 0)::bigint as "rows",
    compared.latest_day,
    compared.min_rows_vs_usual,
    median(coalesce(counted."rows", 0)) filter (weeks_before > 0) as usual,
    count(*) filter (weeks_before > 0) as weeks
from compared
left join counted using (source, local_day)
group by compared.source, compared.latest_day, compared.min_rows_vs_usual
having weeks >= 3 and "rows" < compared.min_rows_vs_usual * usual
order by compared.source
