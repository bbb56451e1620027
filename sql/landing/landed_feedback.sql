-- purpose: Sound typed answers in the form in which they are kept for good.
-- grain: one row per answer of the file
-- kind: landing
-- note: an answer without an id is known by its content and by how often that stood before.
with sound as (
    select
        *,
        row_number() over (partition by content order by line) as occurrence
    from typed_rows
    where len(faults) = 0
)

select
    $file_id::bigint * 68719476736 + line * 8 as ref,
    $file_id::integer as file_id,
    line,
    coalesce(feedback_id, keyed_hash(content || occurrence)) as row_id,
    content,
    occurred_at,
    time_flag,
    local_day,
    kind,
    score,
    scale_min,
    scale_max,
    touchpoint,
    identifiers
from sound
