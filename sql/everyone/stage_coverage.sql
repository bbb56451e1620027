-- purpose: From when on an advance from each stage could be seen at all.
-- grain: one row per stage of the settings
-- kind: everyone
-- note: NULL: always. A source that begins late counts if it tells 5 % of what later stages hold.
with late as (
    select
        source,
        covered_from
    from source_coverage
    where covered_from is not null
),

told as (
    select
        events.source,
        stages.position,
        count(distinct events.journey_id) as journeys
    from events
    inner join stages on events.stage = stages.name
    where events.journey_id is not null and exists (from late)
    group by events.source, stages.position
),

told_later as (
    select
        stages.name as stage,
        told.source,
        sum(told.journeys) / sum(sum(told.journeys)) over (partition by stages.name) as share
    from stages
    inner join told on stages.position < told.position
    group by stages.name, told.source
),

limits as (
    select
        told_later.stage,
        max(late.covered_from) as covered_from,
        arg_max(late.source, (late.covered_from, late.source)) as source
    from told_later
    inner join late on told_later.source = late.source
    where told_later.share >= 0.05
    group by told_later.stage
)

select
    stages.name as stage,
    stages.position,
    limits.covered_from,
    limits.source
from stages
left join limits on stages.name = limits.stage
order by stages.position
