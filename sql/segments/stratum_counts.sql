-- purpose: Of journeys that were seen for $within_us, how many succeeded, by segment and stratum.
-- grain: one row per segment and combination of strata
-- kind: segments
-- note: younger journeys are left out, whatever became of them so far.
select
    segmented.segment,
    segmented.strata,
    count(*) as n,
    count(*) filter (
        epoch_us(starts.succeeded_at) - epoch_us(starts.began_at) <= $within_us
    ) as successes
from starts
inner join segmented using (journey_id)
cross join project
where epoch_us(project.observed_until) - epoch_us(starts.began_at) >= $within_us
group by segmented.segment, segmented.strata
