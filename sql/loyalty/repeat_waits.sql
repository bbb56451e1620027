-- purpose: How long persons waited after an order, and whether they ordered again.
-- grain: one row per number of the order and days waited
-- kind: loyalty
-- note: orders from number `$pooled` on are counted together; who waits is counted at the last day.
select
    least(order_number, $pooled) as order_number,
    coalesce(next_day, until) - day as days,
    count(next_day) as repeated,
    count(*) - count(next_day) as waiting
from orders
group by all
