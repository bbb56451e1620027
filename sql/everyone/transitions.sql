-- purpose: Moves between touchpoints up to the first conversion, with starts and ends.
-- grain: one row per from_touchpoint and to_touchpoint
-- kind: everyone, monthly
-- note: (start), (converted), (lost), (open) are no touchpoints; waits are of the step entered.
with before_conversion as (
    select
        journey_id,
        person_id,
        step_number,
        touchpoint,
        wait_s,
        lead(touchpoint) over taken as next_touchpoint,
        lead(wait_s) over taken as next_wait_s
    from steps
    where not after_conversion
    window taken as (partition by journey_id order by step_number)
),

moves as (
    select
        '(start)' as from_touchpoint,
        touchpoint as to_touchpoint,
        journey_id,
        person_id,
        null::double as wait_s
    from before_conversion
    where step_number = 1
    union all
    select
        before_conversion.touchpoint,
        coalesce(before_conversion.next_touchpoint, '(' || journeys.outcome || ')'),
        before_conversion.journey_id,
        before_conversion.person_id,
        before_conversion.next_wait_s
    from before_conversion
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
