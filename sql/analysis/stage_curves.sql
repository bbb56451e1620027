-- purpose: What became of journeys by day after they entered a stage (Aalen-Johansen).
-- grain: one row per stage and day since its first entry, from 0 until nobody is at risk
-- kind: analysis, monthly, of journeys
-- note: the last stage has no row, nor has one into which nobody is known to have come in time.
select
    stages.name as stage,
    stages.position,
    epoch_us(
        coalesce(stage_entries.advanced_at, stage_entries.lost_at, $observed_until)
        - stage_entries.entered_at
    ) as after_us,
    count(stage_entries.advanced_at) as advanced,
    count(stage_entries.lost_at) as lost,
    count(*) - count(stage_entries.advanced_at) - count(stage_entries.lost_at) as open
from stage_entries
inner join stages on stage_entries.stage = stages.name
inner join stage_coverage on stages.name = stage_coverage.stage
where
    stages.position < (select max(all_stages.position) from stages as all_stages)
    and stage_entries.entered_at >= coalesce(stage_coverage.covered_from, '-infinity')
group by stages.name, stages.position, after_us
