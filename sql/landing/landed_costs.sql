-- purpose: Sound typed costs in the form in which they are kept for good.
-- grain: one row per cost row of the file
-- kind: landing
-- note: a cost row without an id is known by its content and by how often that stood before.
with sound as (
    select
        typed_rows.*,
        content_hash(cost_content(typed_rows)) as content
    from typed_rows
    where len(typed_rows.faults) = 0
),

counted as (
    select
        *,
        row_number() over (partition by file_of(line), content order by line) as occurrence
    from sound
)

select
    ref_of(ledger_ids.file_id, counted.line, 0) as ref,
    ledger_ids.file_id,
    line_of(counted.line) as line,
    coalesce(cost_id, keyed_id(content::uuid::text || '/' || occurrence)) as row_id,
    local_day,
    source_name,
    medium,
    campaign,
    impressions,
    clicks,
    cost,
    currency
from counted
inner join ledger_ids on file_of(counted.line) = ledger_ids.place
