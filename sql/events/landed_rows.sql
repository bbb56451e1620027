-- purpose: Every landed row: an event, a cost, an answer or a link.
-- grain: one row per landed row
-- kind: events, view
-- note: a run after the first looks only at rows whose version may have changed.
select ref, file_id, line, event_id as row_id, local_day
from landed_events
union all
select ref, file_id, line, row_id, local_day
from landed_costs
union all
select ref, file_id, line, row_id, local_day
from landed_feedback
union all
select ref, file_id, line, row_id, local_day
from landed_links
