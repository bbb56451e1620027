-- purpose: How often, by how many journeys and persons each move between touchpoints was made.
-- grain: one row per from_touchpoint and to_touchpoint
-- kind: everyone, internal, monthly, summed, of journeys
-- note: up to the first conversion; (start), (converted), (lost), (open) are no touchpoints.
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
        person_id
    from steps
    where not after_conversion
    union all
    select
        ends.touchpoint,
        '(' || journeys.outcome || ')',
        ends.journey_id,
        ends.person_id
    from ends
    inner join journeys using (journey_id)
)

select
    from_touchpoint,
    to_touchpoint,
    count(*) as transitions,
    count(distinct journey_id) as journeys,
    count(distinct person_id) as persons
from moves
group by from_touchpoint, to_touchpoint
