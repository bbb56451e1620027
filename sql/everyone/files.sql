-- purpose: What became of every record of every export file.
-- grain: one row per file
-- kind: everyone
-- note: rows_read = rows_used + duplicates + rejects + skipped; a row may tell of several events.
with landed as (
    select ref, file_id, occurred_at
    from landed_events
    union all
    select ref, file_id, occurred_at
    from landed_feedback
    union all
    select ref, file_id, occurred_at
    from landed_links
    union all
    select ref, file_id, local_day::timestamptz
    from landed_costs
),

used as (
    select
        landed.file_id,
        count(*) filter (is_row(landed.ref)) as landed,
        count(current_rows.ref) filter (is_row(landed.ref)) as used,
        count(current_rows.ref) as events,
        min(landed.occurred_at) as first_event_at,
        max(landed.occurred_at) as last_event_at
    from landed
    left join current_rows using (ref)
    group by landed.file_id
),

rejected as (
    select file_id, count(distinct line) as rejects
    from rejected_rows
    where partly is not true
    group by file_id
),

passed_over as (
    select file_id, sum("rows")::bigint as skipped
    from skipped_rows
    group by file_id
)

select
    ordered_files.source,
    ordered_files.file,
    ordered_files.run_number,
    ledger.rows_read,
    coalesce(used.used, 0) as rows_used,
    coalesce(used.events, 0) as events,
    coalesce(used.landed - used.used, 0) as duplicates,
    coalesce(rejected.rejects, 0) as rejects,
    coalesce(passed_over.skipped, 0) as skipped,
    used.first_event_at,
    used.last_event_at
from ordered_files
inner join ledger using (file_id)
left join used using (file_id)
left join rejected using (file_id)
left join passed_over using (file_id)
