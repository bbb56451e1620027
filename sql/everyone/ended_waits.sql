-- purpose: How often it took how long to get from one touchpoint to the next.
-- grain: one row per from_touchpoint, to_touchpoint and length of the wait
-- kind: everyone, internal, monthly, summed, of journeys
-- note: waits of a row differ by a thousandth at most and in no whole day; wait_us adds them up.
with waits as (
    select
        from_touchpoint,
        touchpoint as to_touchpoint,
        (wait_s * 1000000)::bigint as wait_us
    from steps
    where from_touchpoint is not null and not after_conversion
)

select
    from_touchpoint,
    to_touchpoint,
    floor(1000 * ln(1 + wait_us / 1000000))::integer as size,
    ceil(wait_us / 86400000000)::integer as day,
    count(*) as waits,
    sum(wait_us)::decimal(38, 0) as wait_us
from waits
group by all
