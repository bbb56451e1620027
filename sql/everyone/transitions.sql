-- purpose: Moves between touchpoints up to the first conversion, with starts and ends.
-- grain: one row per from_touchpoint and to_touchpoint
-- kind: everyone, monthly
-- note: (start), (converted), (lost), (open) are no touchpoints; waits are of the step entered.
with ends as (
    select
        journey_id,
        person_id,
        arg_max(touchpoint, step_number) as touchpoint
    from steps
    where not after_conversion
    group by journey_id, person_id
),

moves as (
    select
        coalesce(from_touchpoint, '(start)') as from_touchpoint,
        touchpoint as to_touchpoint,
        journey_id,
        person_id,
        wait_s
    from steps
    where not after_conversion
    union all
    select
        ends.touchpoint,
        '(' || journeys.outcome || ')',
        ends.journey_id,
        ends.person_id,
        null
    from ends
    inner join journeys using (journey_id)
)

select
    from_touchpoint,
    to_touchpoint,
    count(*) as transitions,
    count(distinct journey_id) as journeys,
    count(distinct person_id) as persons,
    count(*) / sum(count(*)) over (partition by from_touchpoint) as share,
    median(wait_s) as wait_median_s,
    quantile_cont(wait_s, 0.9) as wait_p90_s
from moves
group by from_touchpoint, to_touchpoint
