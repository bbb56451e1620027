-- purpose: The chosen journeys as parts of units of a funnel, which are persons.
-- grain: one row per chosen journey
-- kind: paths
-- note: a person's journeys follow one another; while one of them goes on, the person does.
select
    journey_id,
    dense_rank() over (order by person_id) - 1 as unit,
    (sum(steps) over (partition by person_id order by journey_number) - steps)::bigint
        as items_before,
    (sum(steps) over (partition by person_id))::bigint as items,
    bool_or(not closed and ($until = 'end' or converted_at is null))
        over (partition by person_id)
        as goes_on
from journeys
