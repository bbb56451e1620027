-- purpose: How long the journeys of each segment took to succeed, to end, or until they were seen.
-- grain: one row per segment and length of time
-- kind: segments
-- note: counts of journeys, for curves.
select
    segmented.segment,
    epoch_us(
        coalesce(starts.succeeded_at, starts.closed_at, project.observed_until) - starts.began_at
    ) as after_us,
    count(starts.succeeded_at) as succeeded,
    count(*) filter (starts.succeeded_at is null and starts.closed_at is not null) as ended,
    count(*) filter (starts.succeeded_at is null and starts.closed_at is null) as open
from starts
inner join segmented using (journey_id)
cross join project
group by segmented.segment, after_us
