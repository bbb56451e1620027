-- purpose: Orders as loyalty counts them: all that a person converted to on one day is one order.
-- grain: one row per person and day of the project's zone with a primary conversion
-- kind: loyalty
-- note: $names are the conversions that are orders, NULL: all primary ones; `until`: the last day.
with days as (
    select
        conversions.person_id,
        timezone(observed_days.zone, conversions.occurred_at)::date as day,
        observed_days.until,
        coalesce(sum(conversions.value), 0)::decimal(18, 2) as value
    from conversions
    cross join observed_days
    where
        conversions.is_primary
        and ($names::text[] is null or list_contains($names::text[], conversions.name))
    group by all
)

select
    person_id,
    row_number() over (partition by person_id order by day) as order_number,
    day,
    lead(day) over (partition by person_id order by day) as next_day,
    value,
    until
from days
