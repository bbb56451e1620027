-- purpose: Where each customer stands among all by recency, frequency and monetary value.
-- grain: one row per person who had ordered by $as_of and measure
-- kind: loyalty
-- note: class 1 + 5 · (below + half of the ties, oneself too) / all, rounded down; 5 is the best.
with measured as (
    select
        person_id,
        orders,
        value,
        unnest(['recency', 'frequency', 'monetary']) as measure,
        unnest([age - last_after, orders, value]::decimal(18, 2)[]) as amount
    from order_histories
),

ranked as (
    select
        *,
        rank() over (
            partition by measure
            order by if(measure = 'recency', -amount, amount)
        ) - 1 as below,
        count(*) over (partition by measure, amount) as tied,
        count(*) over (partition by measure) as persons
    from measured
)

select
    person_id,
    orders,
    value,
    measure,
    amount,
    1 + 5 * (2 * below + tied) // (2 * persons) as class
from ranked
