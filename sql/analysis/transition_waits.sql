-- purpose: How long it takes from one touchpoint to the next, whoever still waits accounted for.
-- grain: one row per from_touchpoint and to_touchpoint, up to the first conversion
-- kind: analysis, monthly, of journeys
-- note: `reason` says why a figure is missing; plain medians of ended waits are in transitions.
select
    from_touchpoint,
    to_touchpoint,
    wait_us::double / waits as wait_us,
    waits
from ended_waits
union all
select
    from_touchpoint,
    to_touchpoint,
    wait_us::double / waits,
    waits
from unended_waits
