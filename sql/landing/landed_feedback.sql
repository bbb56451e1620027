-- purpose: Sound typed answers in the form in which they are kept for good.
-- grain: one row per answer of the file
-- kind: landing
-- note: an answer without an id is known by its content and by how often that stood before.
with sound as (
    select
        *,
        row_number() over (partition by file_of(line), content order by line) as occurrence
    from typed_rows
    where len(faults) = 0
)

select
    ref_of(ledger_ids.file_id, sound.line, 0) as ref,
    ledger_ids.file_id,
    line_of(sound.line) as line,
    coalesce(feedback_id, keyed_hash(content::uuid::text || '/' || occurrence)) as row_id,
    content,
    occurred_at,
    time_flag,
    local_day,
    kind,
    score,
    scale_min,
    scale_max,
    touchpoint
from sound
inner join ledger_ids on file_of(sound.line) = ledger_ids.place
