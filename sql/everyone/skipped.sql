-- purpose: Rows of exports that are no data, and why they were passed over.
-- grain: one row per file and reason
-- kind: everyone
-- note: totals rows, repeated headers, legs of one call and the like.
select
    ordered_files.source,
    ordered_files.file,
    skipped_rows.reason,
    skipped_rows.rows as "rows"
from skipped_rows
inner join ordered_files using (file_id)
