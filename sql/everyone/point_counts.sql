-- purpose: What happened at each touchpoint, at each stage and with each owner.
-- grain: one row per level (touchpoint, stage, owner) and point
-- kind: everyone, internal, monthly, summed, of journeys
-- note: up to the first conversion, without steps that only record a loss.
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
    from complaints
    asof inner join walked
        on
            complaints.person_id = walked.person_id
            and complaints.event_number >= walked.event_number
    where complaints.journey_id = walked.journey_id
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
)

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
    sum(met.wait_us)::decimal(38, 0) as wait_us,
    coalesce(sum(missed.missed_calls), 0)::bigint as missed_calls,
    coalesce(sum(complained.complaints), 0)::bigint as complaints
from met
-- Without stages a step has none, which is no reason to lose what happened at it.
left join missed
    on
        met.journey_id = missed.journey_id
        and met.touchpoint = missed.touchpoint
        and met.stage is not distinct from missed.stage
left join complained
    on
        met.journey_id = complained.journey_id
        and met.touchpoint = complained.touchpoint
        and met.stage is not distinct from complained.stage
left join touchpoint_owners on met.touchpoint = touchpoint_owners.touchpoint
group by grouping sets ((met.touchpoint), (met.stage), (touchpoint_owners.owner))
