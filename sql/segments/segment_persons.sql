-- purpose: How many persons are behind the journeys of each segment.
-- grain: one row per segment
-- kind: segments
-- note: a person may be in several segments.
select
    segmented.segment,
    count(distinct starts.person_id) as persons
from starts
inner join segmented using (journey_id)
group by segmented.segment
