-- purpose: The touchpoints that have an outlook of their own.
-- grain: one row per touchpoint
-- kind: everyone, internal, transient
-- note: the 200 with most steps, equal ones by name; all others are `(other)` there.
select touchpoint
from touchpoint_counts
order by steps desc, touchpoint asc
limit 200
