-- purpose: What became of every record of every export file.
-- grain: one row per file
-- kind: everyone
-- note: rows_read = rows_used + duplicates + rejects + skipped; superseded rows are duplicates.
with landed as (
    select
        file_id,
        count(*) as landed,
        count(current_rows.ref) as used,
        min(occurred_at) as first_event_at,
        max(occurred_at) as last_event_at
    from landed_events
    left join current_rows using (ref)
    group by file_id
    union all
    select
        file_id,
        count(*),
        count(current_costs.ref),
        min(local_day)::timestamptz,
        max(local_day)::timestamptz
    from landed_costs
    left join current_costs using (ref)
    group by file_id
    union all
    select
        file_id,
        count(*),
        count(current_feedback.ref),
        min(occurred_at),
        max(occurred_at)
    from landed_feedback
    left join current_feedback using (ref)
    group by file_id
),

rejected as (
    select file_id, count(distinct line) as rejects
    from rejected_rows
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
    coalesce(landed.used, 0) as rows_used,
    coalesce(landed.landed - landed.used, 0) as duplicates,
    coalesce(rejected.rejects, 0) as rejects,
    coalesce(passed_over.skipped, 0) as skipped,
    landed.first_event_at,
    landed.last_event_at
from ordered_files
inner join ledger using (file_id)
left join landed using (file_id)
left join rejected using (file_id)
left join passed_over using (file_id)
