-- purpose: Every landed row, with what decides which version of an event, cost or answer counts.
-- grain: one row per landed row
-- kind: events, transient
-- note: `in_force` is false for a day that a later delivery or a more final table replaced.
with covered_days as (
    select
        ordered_files.source,
        landed_rows.local_day,
        max(ordered_files.delivery_order) as delivery_order
    from landed_rows
    inner join ordered_files using (file_id)
    where ordered_files.by_day
    group by ordered_files.source, landed_rows.local_day
)

select
    landed_rows.ref,
    ordered_files.source,
    landed_rows.row_id,
    not ordered_files.by_day or ordered_files.delivery_order = covered_days.delivery_order
        as in_force,
    -- As in `ref`: no file has as many lines.
    ordered_files.file_order::bigint * 68719476736 + landed_rows.line as version_order,
    ordered_files.path_order::bigint * 68719476736 + landed_rows.line as place
from landed_rows
inner join ordered_files using (file_id)
left join covered_days
    on
        ordered_files.source = covered_days.source
        and landed_rows.local_day = covered_days.local_day
