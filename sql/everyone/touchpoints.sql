-- purpose: Touchpoints, with what the chain and the graph say of them.
-- grain: one row per touchpoint
-- kind: everyone, monthly, of journeys
-- note: of more than 200 touchpoints only the most visited have graph measures.
select
    touchpoint_visits.touchpoint,
    touchpoint_visits.stage,
    touchpoint_visits.owner,
    touchpoint_visits.journeys,
    touchpoint_visits.persons,
    touchpoint_visits.steps,
    touchpoint_visits.exits,
    touchpoint_measures.p_convert,
    touchpoint_measures.share_of_losses,
    touchpoint_measures.removal_effect,
    touchpoint_measures.pagerank,
    touchpoint_measures.betweenness
from touchpoint_visits
left join touchpoint_measures on touchpoint_visits.touchpoint = touchpoint_measures.touchpoint
