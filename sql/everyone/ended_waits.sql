-- purpose: How often it took how long to get from one touchpoint to the next.
-- grain: one row per from_touchpoint, to_touchpoint, calendar (NULL: all time) and length
-- kind: everyone, internal, monthly, summed, of journeys
-- note: waits of a row differ by a thousandth at most and in no whole day; wait_us adds them up.
with moves as (
    select
        from_touchpoint,
        touchpoint as to_touchpoint,
        entered_at - to_microseconds((wait_s * 1000000)::bigint) as since,
        entered_at as until
    from steps
    where from_touchpoint is not null and not after_conversion and not records_loss
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
    from moves
    union all
    select
        moves.from_touchpoint,
        moves.to_touchpoint,
        clocks.calendar,
        coalesce(
            ended.worked_before_s * 1000000
            + least(epoch_us(moves.until), epoch_us(ended.closes_at)) - epoch_us(ended.opens_at),
            0
        )
        - coalesce(
            begun.worked_before_s * 1000000
            + least(epoch_us(moves.since), epoch_us(begun.closes_at)) - epoch_us(begun.opens_at),
            0
        )
    from moves
    cross join clocks
    asof left join working_hours as begun
        on clocks.calendar = begun.calendar and moves.since >= begun.opens_at
    asof left join working_hours as ended
        on clocks.calendar = ended.calendar and moves.until >= ended.opens_at
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
