-- purpose: The identifiers of sound rows in the form in which they are kept for good.
-- grain: one row per landed event, answer or link and identifier
-- kind: landing
-- note: what identified a rejected row is not kept.
with unsound as (
    select line, part
    from typed_rows
    where len(faults) > 0
)

select
    ref_of(ledger_ids.file_id, row_identifiers.line, row_identifiers.part) as ref,
    row_identifiers.type,
    row_identifiers.key as "key",
    row_identifiers.weak
from row_identifiers
inner join ledger_ids on file_of(row_identifiers.line) = ledger_ids.place
anti join unsound
    on
        row_identifiers.line = unsound.line
        and row_identifiers.part = unsound.part
