-- purpose: Sound typed costs in the form in which they are kept for good.
-- grain: one row per cost row of the file
-- kind: landing
-- note: a cost row without an id is known by its content and by how often that stood before.
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
    coalesce(cost_id, keyed_hash(content::uuid::text || '/' || occurrence)) as row_id,
    content,
    local_day,
    source_name,
    medium,
    campaign,
    impressions,
    clicks,
    cost,
    currency
from sound
inner join ledger_ids on file_of(sound.line) = ledger_ids.place
