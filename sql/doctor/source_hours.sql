-- purpose: At which hours of the day, in the project's zone, the events of each source happen.
-- grain: one row per source and hour that has events
-- kind: doctor
-- note: events of bots keep no hours and are left out.
select
    source,
    hour(timezone((select timezone from project), occurred_at)) as hour,
    count(*) as events
from events
where not is_bot
group by all
