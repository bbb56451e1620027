-- purpose: Sound typed answers in the form in which they are kept for good.
-- grain: one row per answer of the file
-- kind: landing
-- note: an answer without an id is known by its content and by how often that stood before.
with keys as (
    select
        line,
        part,
        keys_of("key") as keys
    from row_identifiers
    group by line, part
),

sound as (
    select
        typed_rows.*,
        content_hash(feedback_content(typed_rows, keys.keys)) as content
    from typed_rows
    left join keys using (line, part)
    where len(typed_rows.faults) = 0
),

counted as (
    select
        *,
        row_number() over (partition by file_of(line), content order by line, part) as occurrence
    from sound
)

select
    ref_of(ledger_ids.file_id, counted.line, counted.part) as ref,
    ledger_ids.file_id,
    line_of(counted.line) as line,
    coalesce(feedback_id, keyed_id(content::uuid::text || '/' || occurrence)) as row_id,
    occurred_at,
    time_flag,
    local_day,
    kind,
    score,
    scale_min,
    scale_max,
    touchpoint,
    question,
    higher_is_better,
    respondent
from counted
inner join ledger_ids on file_of(counted.line) = ledger_ids.place
