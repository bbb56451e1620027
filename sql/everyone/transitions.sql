-- purpose: Moves between touchpoints up to the first conversion, with starts and ends.
-- grain: one row per from_touchpoint and to_touchpoint
-- kind: everyone, monthly, of journeys
-- note: (start), (converted), (lost), (open) are no touchpoints; waits are of the step entered.
with waits as (
    select
        from_touchpoint,
        touchpoint as to_touchpoint,
        median(wait_s) as wait_median_s,
        quantile_cont(wait_s, 0.9) as wait_p90_s
    from steps
    where not after_conversion
    group by from_touchpoint, touchpoint
)

select
    transition_counts.from_touchpoint,
    transition_counts.to_touchpoint,
    transition_counts.transitions,
    transition_counts.journeys,
    transition_counts.persons,
    transition_counts.transitions / sum(transition_counts.transitions) over (
        partition by transition_counts.from_touchpoint
    ) as share,
    waits.wait_median_s,
    waits.wait_p90_s
from transition_counts
left join waits
    on
        transition_counts.from_touchpoint = waits.from_touchpoint
        and transition_counts.to_touchpoint = waits.to_touchpoint
