-- purpose: The label of the relationship with each person at the end of the last of $days.
-- grain: one row per person first seen by then
-- kind: loyalty
-- note: orders and acts of advocacy until that day, and none after it.
select
    person_id,
    orders,
    last_order_on,
    last_advocacy_on,
    labels[-1] as lifecycle
from lifecycle_labels
where is_seen
