-- purpose: How long journeys that went nowhere from a touchpoint have waited, or did until lost.
-- grain: one row per from_touchpoint, to_touchpoint ((lost) or (open)), calendar and length
-- kind: everyone, internal, monthly, of journeys
-- note: grouped as ended_waits. A silence is a loss once it has lasted too long, and not before.
with exits as (
    select
        places.touchpoint as from_touchpoint,
        '(' || journeys.outcome || ')' as to_touchpoint,
        places.left_at as since,
        -- What the company did last may be later than the loss.
        greatest(
            places.left_at,
            case
                when journeys.outcome = 'open' then $observed_until
                when journeys.ended_by = 'silence'
                    then journeys.ended_at + to_microseconds($lost_after_us)
                else journeys.ended_at
            end
        ) as until
    from journeys
    inner join steps as ends
        on
            journeys.journey_id = ends.journey_id
            and journeys.steps = ends.step_number
    -- A step that only records the loss is no place: the customer left the one before.
    inner join steps as places
        on
            journeys.journey_id = places.journey_id
            and journeys.steps - ends.records_loss::integer = places.step_number
    where journeys.outcome <> 'converted'
),

clocks as (
    select distinct calendar
    from working_hours
),

waits as (
    select
        from_touchpoint,
        to_touchpoint,
        null::text as calendar,
        epoch_us(until) - epoch_us(since) as wait_us
    from exits
    union all
    select
        exits.from_touchpoint,
        exits.to_touchpoint,
        clocks.calendar,
        coalesce(
            ended.worked_before_s * 1000000
            + least(epoch_us(exits.until), epoch_us(ended.closes_at)) - epoch_us(ended.opens_at),
            0
        )
        - coalesce(
            begun.worked_before_s * 1000000
            + least(epoch_us(exits.since), epoch_us(begun.closes_at)) - epoch_us(begun.opens_at),
            0
        )
    from exits
    cross join clocks
    asof left join working_hours as begun
        on clocks.calendar = begun.calendar and exits.since >= begun.opens_at
    asof left join working_hours as ended
        on clocks.calendar = ended.calendar and exits.until >= ended.opens_at
)

select
    from_touchpoint,
    to_touchpoint,
    calendar,
    floor(1000 * ln(1 + wait_us / 1000000))::integer as size,
    ceil(wait_us / 86400000000)::integer as day,
    count(*) as waits,
    sum(wait_us)::decimal(38, 0) as wait_us
from waits
group by all
