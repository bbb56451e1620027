-- purpose: How much goes wrong at each touchpoint, at each stage and with each owner.
-- grain: one row per level (touchpoint, stage, owner) and point
-- kind: everyone, monthly, of journeys
-- note: up to the first conversion, without steps that only record a loss; shares add up to 1.
with told as (
    select
        coalesce((select bool_or(tells_calls) from source_coverage), false) as calls,
        exists (from kind_roles where role = 'complaint') as complaints
)

select
    counted.level,
    counted.point,
    case
        when counted.level = 'owner' then counted.point
        else coalesce(touchpoint_owners.owner, stages.owner)
    end as owner,
    counted.journeys,
    counted.visits,
    counted.returns,
    counted.ping_pongs,
    counted.exits,
    counted.exits / nullif(sum(counted.exits) over level, 0) as share_of_losses,
    counted.wait_us / 1000000 as wait_s,
    counted.wait_us / nullif(sum(counted.wait_us) over level, 0) as share_of_waiting,
    -- Where nothing says whether calls were answered, none is known to be missed.
    case when told.calls then counted.missed_calls end as missed_calls,
    case when told.calls then 100 * counted.missed_calls / counted.journeys end
        as missed_calls_per_100,
    case when told.complaints then counted.complaints end as complaints,
    case when told.complaints then 100 * counted.complaints / counted.journeys end
        as complaints_per_100
from point_counts as counted
cross join told
left join touchpoint_owners
    on counted.level = 'touchpoint' and counted.point = touchpoint_owners.touchpoint
left join stages on counted.level = 'stage' and counted.point = stages.name
window level as (partition by counted.level)
