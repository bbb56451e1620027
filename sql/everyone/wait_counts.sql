-- purpose: Waits that ended, were lost or still run, by how long they are, and between whom.
-- grain: one row per from_touchpoint, to_touchpoint ((lost), (open)), calendar and length
-- kind: everyone, internal, monthly, of journeys
-- note: waits of a row differ by a thousandth at most and in no whole day; wait_us is their mean.
with moves as (
    select
        from_touchpoint,
        touchpoint as to_touchpoint,
        entered_at - to_microseconds((wait_s * 1000000)::bigint) as since,
        entered_at as until
    from steps
    where from_touchpoint is not null and not after_conversion and not records_loss
),

exits as (
    select
        places.touchpoint as from_touchpoint,
        '(' || journeys.outcome || ')' as to_touchpoint,
        places.left_at as since,
        -- What the company did last may be later than the loss.
        greatest(
            places.left_at,
            case
                when journeys.outcome = 'open' then $observed_until
                -- A silence is a loss once it has lasted too long, and not before.
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

spans as (
    select *
    from moves
    union all
    select *
    from exits
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
    from spans
    union all
    select
        spans.from_touchpoint,
        spans.to_touchpoint,
        clocks.calendar,
        coalesce(
            ended.worked_before_s * 1000000
            + least(epoch_us(spans.until), epoch_us(ended.closes_at)) - epoch_us(ended.opens_at),
            0
        )
        - coalesce(
            begun.worked_before_s * 1000000
            + least(epoch_us(spans.since), epoch_us(begun.closes_at)) - epoch_us(begun.opens_at),
            0
        )
    from spans
    cross join clocks
    asof left join working_hours as begun
        on clocks.calendar = begun.calendar and spans.since >= begun.opens_at
    asof left join working_hours as ended
        on clocks.calendar = ended.calendar and spans.until >= ended.opens_at
),

counted as (
    select
        from_touchpoint,
        to_touchpoint,
        calendar,
        floor(1000 * ln(1 + wait_us / 1000000))::integer as size,
        ceil(wait_us / 86400000000)::integer as day,
        count(*) as waits,
        sum(wait_us)::double / count(*) as wait_us
    from waits
    group by all
)

select
    counted.from_touchpoint,
    here.owner as from_owner,
    counted.to_touchpoint,
    there.owner as to_owner,
    counted.calendar,
    -- Waits count by all time, and by the calendar of whoever answers for the next touchpoint.
    coalesce(counted.calendar = there.calendar, counted.calendar is null) as counts,
    counted.wait_us,
    counted.waits
from counted
left join touchpoint_calendars as here on counted.from_touchpoint = here.touchpoint
left join touchpoint_calendars as there on counted.to_touchpoint = there.touchpoint
