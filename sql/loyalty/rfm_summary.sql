-- purpose: How many customers stand in each class of a measure, and what they are worth.
-- grain: one row per measure and class that anybody is in
-- kind: loyalty
-- note: least and most are of the measure itself: days since the last order, orders, money.
select
    measure,
    class,
    count(*) as persons,
    sum(orders)::bigint as orders,
    sum(value)::double as value,
    sum(value)::double / nullif(sum(sum(value)) over (partition by measure), 0) as value_share,
    min(amount)::double as least,
    max(amount)::double as most
from rfm_places
group by measure, class
