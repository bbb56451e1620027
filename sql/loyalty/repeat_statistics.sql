-- purpose: How many customers have the same history of repeat orders, and what they ordered later.
-- grain: one row per number of repeats, days from the first order to the last, and days since it
-- kind: loyalty
-- note: the BG/NBD model reads these instead of persons.
select
    repeats,
    last_after,
    age,
    as_of,
    count(*) as customers,
    sum(later_orders)::bigint as later_orders
from order_histories
group by all
