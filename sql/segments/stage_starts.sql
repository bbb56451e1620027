-- purpose: Each journey from entering the stage $stage to a step in a later one.
-- grain: one row per journey that entered it when an advance could be seen
-- kind: segments
-- note: the rates of stage_conversion rest on the same journeys.
select
    stage_entries.journey_id,
    stage_entries.person_id,
    stage_entries.entered_at as began_at,
    stage_entries.advanced_at as succeeded_at,
    stage_entries.lost_at as closed_at
from stage_entries
inner join stage_coverage on stage_entries.stage = stage_coverage.stage
where
    stage_entries.stage = $stage
    and stage_entries.entered_at >= coalesce(stage_coverage.covered_from, '-infinity')
