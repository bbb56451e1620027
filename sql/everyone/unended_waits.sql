-- purpose: How long journeys that went nowhere from a touchpoint have waited, or did until lost.
-- grain: one row per from_touchpoint, to_touchpoint ((lost) or (open)) and length of the wait
-- kind: everyone, internal, monthly, of journeys
-- note: grouped as ended_waits. A silence is a loss once it has lasted too long, and not before.
with ends as (
    select
        steps.touchpoint as from_touchpoint,
        '(' || journeys.outcome || ')' as to_touchpoint,
        epoch_us(
            case
                when journeys.outcome = 'open' then $observed_until
                when journeys.ended_by = 'silence'
                    then journeys.ended_at + to_microseconds($lost_after_us)
                else journeys.ended_at
            end
        )
        - epoch_us(steps.left_at) as wait_us
    from journeys
    inner join steps
        on
            journeys.journey_id = steps.journey_id
            and journeys.steps = steps.step_number
    where journeys.outcome <> 'converted'
),

-- What the company did last may be later than the loss.
waits as (
    select
        from_touchpoint,
        to_touchpoint,
        greatest(wait_us, 0) as wait_us
    from ends
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
