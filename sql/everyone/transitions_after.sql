-- purpose: Moves between touchpoints after the first conversion, from (converted) to (end).
-- grain: one row per from_touchpoint and to_touchpoint
-- kind: everyone, monthly, of journeys
-- note: a journey that ends with its conversion is one move from (converted) to (end).
with after_conversion as (
    select
        journey_id,
        person_id,
        step_number,
        touchpoint,
        wait_s
    from steps
    where after_conversion
),

stations as (
    select
        journey_id,
        person_id,
        0 as step_number,
        '(converted)' as touchpoint,
        null::double as wait_s
    from journeys
    where outcome = 'converted'
    union all
    select * from after_conversion
),

moves as (
    select
        touchpoint as from_touchpoint,
        coalesce(lead(touchpoint) over taken, '(end)') as to_touchpoint,
        journey_id,
        person_id,
        lead(wait_s) over taken as wait_s
    from stations
    window taken as (partition by journey_id order by step_number)
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
