-- purpose: By how many journeys and persons each touchpoint was met, in how many steps.
-- grain: one row per touchpoint
-- kind: everyone, internal, monthly, summed, of journeys
-- note: nothing else of the journey counts here.
select
    touchpoint,
    count(distinct journey_id) as journeys,
    count(distinct person_id) as persons,
    count(*) as steps
from steps
group by touchpoint
