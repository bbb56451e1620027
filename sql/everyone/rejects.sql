-- purpose: Rows of exports that could not be read, and why.
-- grain: one row per fault of a row
-- kind: everyone
-- note: the value is masked (letters x, digits 9); file and line lead to the original.
select
    ordered_files.source,
    ordered_files.file,
    rejected_rows.line,
    rejected_rows.column as "column",
    rejected_rows.value,
    rejected_rows.reason
from rejected_rows
inner join ordered_files using (file_id)
