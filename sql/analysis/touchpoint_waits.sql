-- purpose: How long until customers go on from a touchpoint, whoever still waits accounted for.
-- grain: one row per touchpoint that was left or is waited at, up to the first conversion
-- kind: analysis, monthly, of journeys
-- note: going on is any next touchpoint; being lost is none. `reason` says why a figure is missing.
with waits as (
    select * from ended_waits
    union all by name
    select * from unended_waits
)

select
    waits.from_touchpoint,
    touchpoint_owners.owner,
    waits.to_touchpoint,
    waits.wait_us::double / waits.waits as wait_us,
    waits.waits
from waits
left join touchpoint_owners on waits.from_touchpoint = touchpoint_owners.touchpoint
