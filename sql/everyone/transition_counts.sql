-- purpose: How often, by how many journeys and persons each move between touchpoints was made.
-- grain: one row per from_touchpoint and to_touchpoint
-- kind: everyone, internal, monthly, summed, of journeys
-- note: up to the first conversion; (start), (converted), (lost), (open) are no touchpoints.
with moves as (
    select
        coalesce(from_touchpoint, '(start)') as from_touchpoint,
        touchpoint as to_touchpoint,
        journey_id,
        person_id
    from steps
    where not after_conversion
    union all
    select
        last_touchpoint,
        '(' || outcome || ')',
        journey_id,
        person_id
    from journeys
)

select
    from_touchpoint,
    to_touchpoint,
    count(*) as transitions,
    count(distinct journey_id) as journeys,
    count(distinct person_id) as persons
from moves
group by from_touchpoint, to_touchpoint
