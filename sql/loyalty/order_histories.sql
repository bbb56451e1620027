-- purpose: What each person had ordered by the end of a day, and how often they ordered later.
-- grain: one row per person who had ordered by then
-- kind: loyalty
-- note: `as_of`: $as_of, or the last day; repeats, last_after, age are x, t_x, T of BG/NBD in days.
with dated as (
    select
        *,
        least(coalesce($as_of::date, until), until) as as_of
    from orders
),

summed as (
    select
        person_id,
        as_of,
        count(*) filter (day <= as_of) as orders,
        min(day) as first_day,
        max(day) filter (day <= as_of) as last_day,
        sum(value) filter (day <= as_of)::decimal(18, 2) as value,
        count(*) filter (day > as_of) as later_orders
    from dated
    group by person_id, as_of
)

select
    *,
    orders - 1 as repeats,
    last_day - first_day as last_after,
    as_of - first_day as age
from summed
where orders > 0
