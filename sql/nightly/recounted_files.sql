-- purpose: Files of which another number of rows may count from now on.
-- grain: one row per file
-- kind: nightly, transient
-- note: a row that counts no more stands in the file that an earlier run has read.
with recounted as (
    select file_id
    from changed_files
    union
    select ref >> 36
    from changed_rows
)

select file_id, source, file, run_number
from ordered_files
semi join recounted using (file_id)
