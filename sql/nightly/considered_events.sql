-- purpose: Events to look at in order to judge the identifiers that are sought.
-- grain: one row per event
-- kind: nightly, transient
-- note: all that carry one of them, and all that count from now on.
select landed_identifiers.ref
from landed_identifiers
semi join sought_identifiers using (type, "key")
semi join current_rows using (ref)

union

select ref
from changed_rows
where counts
