-- purpose: Files that are new, or came again and so are the latest word again.
-- grain: one row per file
-- kind: nightly, transient
-- note: with a part of a split export all its parts count anew, since they are one delivery.
select file_id
from ordered_files
where $run_number in (run_number, delivered)

union

select parts.file_id
from ordered_files as again
inner join ordered_files as parts using (source, delivery)
where again.delivered = $run_number and again.run_number < $run_number
