-- purpose: Who answers for each touchpoint, and by which calendar they work.
-- grain: one row per touchpoint
-- kind: everyone, internal, of journeys
-- note: whom no calendar names works by the one that names nobody, if there is one.
select
    touchpoint_counts.touchpoint,
    touchpoint_owners.owner,
    coalesce(own.calendar, common.calendar) as calendar
from touchpoint_counts
left join touchpoint_owners on touchpoint_counts.touchpoint = touchpoint_owners.touchpoint
left join calendars as own on touchpoint_owners.owner = own.owner
left join calendars as common on common.owner is null
