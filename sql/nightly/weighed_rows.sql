-- purpose: All landed rows that decide which versions of the restated rows count.
-- grain: one row per landed row
-- kind: nightly, transient
-- note: beside their own versions, where a day replaces a day, all rows of the days they stand in.
with placed as not materialized (
    select
        landed_rows.*,
        ordered_files.source,
        ordered_files.by_day
    from landed_rows
    inner join ordered_files using (file_id)
),

restated as (
    select *
    from placed
    semi join restated_rows using (source, row_id)
),

restated_days as (
    select distinct source, local_day
    from restated
    where by_day
)

select ref, file_id, line, row_id, local_day, true as is_restated
from restated

union all

select ref, file_id, line, row_id, local_day, false as is_restated
from placed
semi join restated_days using (source, local_day)
anti join restated_rows using (source, row_id)
