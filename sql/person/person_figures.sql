-- purpose: What persons did, in figures.
-- grain: one row per person
-- kind: person, internal
-- note: `last_sign_at` is the last that the customer did, NULL where only the company did anything.
with seen as (
    select
        person_id,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at,
        max(occurred_at) filter (not is_company) as last_sign_at,
        count(*) as events
    from person_events
    group by person_id
),

session_counts as (
    select person_id, count(*) as sessions
    from sessions
    group by person_id
),

journey_counts as (
    select person_id, count(*) as journeys
    from journeys
    group by person_id
),

conversion_counts as (
    select
        person_id,
        count(*) as conversions,
        sum(value) filter (is_primary)::decimal(18, 2) as value
    from conversions
    group by person_id
)

select
    seen.person_id,
    seen.first_seen_at,
    seen.last_seen_at,
    seen.last_sign_at,
    seen.events,
    coalesce(session_counts.sessions, 0) as sessions,
    coalesce(journey_counts.journeys, 0) as journeys,
    coalesce(conversion_counts.conversions, 0) as conversions,
    coalesce(conversion_counts.value, 0)::decimal(18, 2) as value
from seen
left join session_counts using (person_id)
left join journey_counts using (person_id)
left join conversion_counts using (person_id)
