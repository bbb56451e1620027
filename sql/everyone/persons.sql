-- purpose: Persons: who they are in figures, without saying who.
-- grain: one row per person
-- kind: everyone
-- note: a regular converted at least twice; dormant means converted once or more and now silent.
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
),

identifier_counts as (
    select person_id, count(*) as identifiers
    from person_identifiers
    group by person_id
)

select
    seen.person_id,
    seen.first_seen_at,
    seen.last_seen_at,
    seen.events,
    coalesce(session_counts.sessions, 0) as sessions,
    coalesce(journey_counts.journeys, 0) as journeys,
    coalesce(conversion_counts.conversions, 0) as conversions,
    coalesce(conversion_counts.value, 0)::decimal(18, 2) as value,
    coalesce(identifier_counts.identifiers, 0) as identifiers,
    case
        when coalesce(conversion_counts.conversions, 0) = 0 then 'prospect'
        when epoch_us($observed_until) - epoch_us(seen.last_sign_at) > $lost_after_us then 'dormant'
        when conversion_counts.conversions = 1 then 'first-time'
        else 'regular'
    end as lifecycle
from seen
left join session_counts using (person_id)
left join journey_counts using (person_id)
left join conversion_counts using (person_id)
left join identifier_counts using (person_id)
