-- purpose: Months of which some journeys are still on the way, or what is known of them is else.
-- grain: one row per month of the project's zone
-- kind: nightly, transient
-- note: where a source turns out to begin late, or no longer to, the rates of all months move.
with seen_otherwise as (
    select stage
    from stage_coverage
    full join coverage_seen using (stage)
    where stage_coverage.covered_from is distinct from coverage_seen.covered_from
)

select month
from stage_entries
where (advanced_at is null and lost_at is null) or exists (from seen_otherwise)

union

-- Where no stages are told, journeys wait all the same.
select month
from journeys
where outcome = 'open'
