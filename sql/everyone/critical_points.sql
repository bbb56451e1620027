-- purpose: How much goes wrong at each touchpoint, at each stage and with each owner.
-- grain: one row per level (touchpoint, stage, owner) and point
-- kind: everyone, monthly, of journeys
-- note: up to the first conversion, without steps that only record a loss; shares add up to 1.
with walked as (
    select
        steps.journey_id,
        steps.person_id,
        steps.event_number,
        steps.touchpoint,
        steps.stage,
        steps.from_touchpoint,
        lag(steps.stage) over lived as from_stage,
        steps.touchpoint = lag(steps.from_touchpoint) over lived as is_ping_pong,
        steps.wait_s,
        journeys.outcome = 'lost' and lead(steps.step_number) over lived is null as is_exit
    from steps
    inner join journeys on steps.journey_id = journeys.journey_id
    where not steps.after_conversion and not steps.records_loss
    window lived as (partition by steps.journey_id order by steps.step_number)
),

-- A call stands in its step; what a complaint is about is the step before it.
missed as (
    select
        walked.journey_id,
        walked.touchpoint,
        walked.stage,
        count(*) as missed_calls
    from missed_calls
    asof inner join walked
        on
            missed_calls.person_id = walked.person_id
            and missed_calls.event_number >= walked.event_number
    where missed_calls.journey_id = walked.journey_id
    group by walked.journey_id, walked.touchpoint, walked.stage
),

complained as (
    select
        walked.journey_id,
        coalesce(walked.from_touchpoint, walked.touchpoint) as touchpoint,
        if(walked.from_touchpoint is null, walked.stage, walked.from_stage) as stage,
        count(*) as complaints
    from events
    inner join kind_roles
        on
            kind_roles.role = 'complaint'
            and events.kind = kind_roles.kind
            and events.source = coalesce(kind_roles.source, events.source)
    asof inner join walked
        on events.person_id = walked.person_id and events.event_number >= walked.event_number
    where events.journey_id = walked.journey_id
    group by all
),

met as (
    select
        journey_id,
        touchpoint,
        stage,
        count(*) as visits,
        count(*) filter (is_ping_pong) as ping_pongs,
        count(*) filter (is_exit) as exits,
        coalesce(sum(round(wait_s * 1000000)::bigint), 0) as wait_us
    from walked
    group by journey_id, touchpoint, stage
),

counted as (
    select
        case
            when grouping(met.touchpoint) = 0 then 'touchpoint'
            when grouping(met.stage) = 0 then 'stage'
            else 'owner'
        end as level,
        coalesce(met.touchpoint, met.stage, touchpoint_owners.owner) as point,
        count(distinct met.journey_id) as journeys,
        sum(met.visits)::bigint as visits,
        sum(met.visits - 1)::bigint as returns,
        sum(met.ping_pongs)::bigint as ping_pongs,
        sum(met.exits)::bigint as exits,
        sum(met.wait_us) as wait_us,
        coalesce(sum(missed.missed_calls), 0)::bigint as missed_calls,
        coalesce(sum(complained.complaints), 0)::bigint as complaints
    from met
    left join missed using (journey_id, touchpoint, stage)
    left join complained using (journey_id, touchpoint, stage)
    left join touchpoint_owners on met.touchpoint = touchpoint_owners.touchpoint
    group by grouping sets ((met.touchpoint), (met.stage), (touchpoint_owners.owner))
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
    counted.missed_calls,
    100 * counted.missed_calls / counted.journeys as missed_calls_per_100,
    counted.complaints,
    100 * counted.complaints / counted.journeys as complaints_per_100
from counted
left join touchpoint_owners
    on counted.level = 'touchpoint' and counted.point = touchpoint_owners.touchpoint
left join stages on counted.level = 'stage' and counted.point = stages.name
window level as (partition by counted.level)
