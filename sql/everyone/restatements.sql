-- purpose: By how much published figures of days that had ended moved, and why.
-- grain: one row per run, day, figure and reason
-- kind: everyone
-- note: figures are conversions, value and cost; `published` is what the store before the run said.
select
    run_id,
    restated_at,
    day,
    figure,
    reason,
    published,
    moved,
    reports
from restated_figures
