-- purpose: Waits that ended, were lost or still run, by how long they are, and between whom.
-- grain: one row per from_touchpoint, to_touchpoint ((lost), (open)), calendar and length
-- kind: everyone, internal, monthly, of journeys
-- note: `counts`: told by all time, or by the calendar of whoever answers for to_touchpoint.
with waits as (
    select *
    from ended_waits
    union all by name
    select *
    from unended_waits
)

select
    waits.from_touchpoint,
    here.owner as from_owner,
    waits.to_touchpoint,
    there.owner as to_owner,
    waits.calendar,
    coalesce(waits.calendar = there.calendar, waits.calendar is null) as counts,
    waits.wait_us::double / waits.waits as wait_us,
    waits.waits
from waits
left join touchpoint_calendars as here on waits.from_touchpoint = here.touchpoint
left join touchpoint_calendars as there on waits.to_touchpoint = there.touchpoint
