-- purpose: Persons who did something on the website, by day.
-- grain: one row per day of the project's zone
-- kind: compare
-- note: who came on two days counts on each, as on other tools' screens by day.
select
    timezone($zone, occurred_at)::date as day,
    count(distinct person_id) as ours
from events
where session_id is not null and ($source is null or source = $source)
group by all
