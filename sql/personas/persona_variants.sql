-- purpose: The paths that finished journeys took until their outcome, and how many took each.
-- grain: one row per path
-- kind: personas
-- note: `journey_ids` are some of them, for an example that is real.
select
    path,
    count(*) as journeys,
    list_slice(list(journey_id order by journey_id), 1, 3) as journey_ids
from persona_paths
where is_finished and len(path) > 0
group by path
order by path
