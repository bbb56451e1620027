-- purpose: Keys that stand more than once, table by table.
-- grain: one row per table whose key must be unique
-- kind: doctor
-- note: distinct_keys of a sound table is its row_count.
select
    'events (source, event_id)' as key,
    count(*) as row_count,
    count(distinct row(source, event_id)) as distinct_keys
from events
union all
select
    'persons (person_id)',
    count(*),
    count(distinct person_id)
from persons
union all
select
    'sessions (session_id)',
    count(*),
    count(distinct session_id)
from sessions
union all
select
    'journeys (journey_id)',
    count(*),
    count(distinct journey_id)
from journeys
union all
select
    'steps (journey_id, step_number)',
    count(*),
    count(distinct row(journey_id, step_number))
from steps
union all
select
    'conversions (conversion_id)',
    count(*),
    count(distinct conversion_id)
from conversions
