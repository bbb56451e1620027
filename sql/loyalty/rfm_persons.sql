-- purpose: Recency, frequency and monetary value of each customer, with their classes.
-- grain: one row per person who had ordered by $as_of
-- kind: loyalty
-- note: days_since is the recency: days from the last order until $as_of, NULL: the last day.
select
    person_id,
    max(amount) filter (measure = 'recency')::bigint as days_since,
    max(orders) as orders,
    max(value)::double as value,
    max(class) filter (measure = 'recency') as recency,
    max(class) filter (measure = 'frequency') as frequency,
    max(class) filter (measure = 'monetary') as monetary
from rfm_places
group by person_id
