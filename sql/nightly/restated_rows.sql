-- purpose: Events, cost rows and answers of which another version may count from now on.
-- grain: one row per (source, row_id)
-- kind: nightly, transient
-- note: where a day replaces a day, these are also the rows of that day which did not come again.
with placed as not materialized (
    select
        landed_rows.file_id,
        landed_rows.row_id,
        landed_rows.local_day,
        ordered_files.source,
        ordered_files.by_day
    from landed_rows
    inner join ordered_files using (file_id)
),

arrived as (
    select *
    from placed
    semi join changed_files using (file_id)
),

arrived_days as (
    select distinct source, local_day
    from arrived
    where by_day
)

select source, row_id
from arrived

union

select placed.source, placed.row_id
from placed
semi join arrived_days using (source, local_day)
