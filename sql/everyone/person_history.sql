-- purpose: Every change of the person that identifiers stand for, since the first run.
-- grain: one row per run, person before and person after
-- kind: everyone
-- note: NULL after: those identifiers tell nobody any more. New identifiers are no change.
select
    run_id,
    changed_at,
    old_person_id,
    new_person_id,
    reason,
    identifiers
from person_changes
