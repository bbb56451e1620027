-- purpose: The journeys with the touchpoints that they went through and how long that took.
-- grain: one row per journey
-- kind: paths
-- note: until the conversion, a path ends with the step that holds it; what is open has no end yet.
with later as (
    select
        journey_id,
        count(*) as steps
    from steps
    where after_conversion and $until = 'conversion'
    group by journey_id
),

walked as (
    select
        journeys.person_id,
        journeys.outcome,
        journeys.started_at,
        coalesce(journeys.path, []) as path,
        coalesce(later.steps, 0) as later_steps,
        case
            when $until = 'conversion' and journeys.outcome = 'converted' then journeys.converted_at
            when journeys.closed then journeys.ended_at
        end as finished_at
    from journeys
    left join later using (journey_id)
)

select
    person_id,
    outcome,
    list_slice(path, 1, len(path) - later_steps) as path,
    epoch_us(finished_at) - epoch_us(started_at) as lasted_us
from walked
