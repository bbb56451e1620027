-- purpose: Sessions by the day on which they began, of a source or of all.
-- grain: one row per day of the project's zone
-- kind: compare
-- note: a session of several sources is one, and is of each of them.
with held as (
    select distinct session_id
    from events
    where session_id is not null and ($source is null or source = $source)
)

select
    timezone($zone, sessions.started_at)::date as day,
    count(*) as ours
from sessions
semi join held using (session_id)
group by all
