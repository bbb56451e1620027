-- purpose: How often each touchpoint was met, and how many journeys were lost at it.
-- grain: one row per touchpoint
-- kind: everyone, internal, monthly, of journeys
-- note: stage and owner are those seen most often at the touchpoint, ties by name.
with stage_counts as (
    select
        touchpoint,
        stage,
        row_number() over (partition by touchpoint order by count(*) desc, stage) as rank
    from steps
    where stage is not null
    group by touchpoint, stage
),

lost_at as (
    select
        from_touchpoint as touchpoint,
        sum(journeys)::bigint as exits
    from transitions
    where to_touchpoint = '(lost)'
    group by from_touchpoint
)

select
    touchpoint_counts.touchpoint,
    stage_counts.stage,
    touchpoint_owners.owner,
    touchpoint_counts.journeys,
    touchpoint_counts.persons,
    touchpoint_counts.steps,
    coalesce(lost_at.exits, 0) as exits
from touchpoint_counts
left join stage_counts
    on touchpoint_counts.touchpoint = stage_counts.touchpoint and stage_counts.rank = 1
left join touchpoint_owners on touchpoint_counts.touchpoint = touchpoint_owners.touchpoint
left join lost_at on touchpoint_counts.touchpoint = lost_at.touchpoint
