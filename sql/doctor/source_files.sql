-- purpose: How fresh each source is and how much of it was delivered more than once.
-- grain: one row per source
-- kind: doctor
-- note: duplicates are rows that a later delivery replaced, too.
select
    source,
    count(*) as files,
    sum(rows_read)::bigint as rows_read,
    sum(duplicates)::bigint as duplicates,
    max(last_event_at) as latest
from files
group by source
