-- purpose: Which session, journey and step of its person each event belongs to.
-- grain: one row per participating event; NULL where it belongs to none
-- kind: person, transient
-- note: what the company does joins a running journey, starts none; an open deal keeps it running.
with running as (
    select
        person_events.*,
        session_starts.ref is not null as begins_session,
        person_events.is_near or held_events.ref is not null as goes_on
    from person_events
    left join session_starts using (ref)
    left join held_events using (ref)
),

placed as (
    select
        person_id,
        event_number,
        ref,
        occurred_at,
        channel,
        stage,
        is_session,
        begins_session,
        not is_company or goes_on as is_inside,
        not is_company and not goes_on as begins_journey,
        -- Nothing outside a journey stands between two of its events.
        not $collapse_repeats or coalesce(touchpoint <> touchpoint_before, true) as moves
    from running
),

counted as (
    select
        placed.*,
        count(*) filter (begins_session) over lived as sessions,
        count(*) filter (begins_journey) over lived as journeys,
        count(*) filter (begins_journey or (is_inside and moves)) over lived as steps
    from placed
    window lived as (partition by person_id order by event_number)
)

select
    counted.person_id,
    counted.event_number,
    counted.ref,
    counted.channel,
    counted.stage,
    case
        when counted.is_session
            then counted.sessions + coalesce(touched_persons.sessions_before, 0)
    end::integer as session_number,
    case
        when counted.is_inside
            then counted.journeys + coalesce(touched_persons.journeys_before, 0)
    end::integer as journey_number,
    -- Counted through all journeys of the person.
    case
        when counted.is_inside then counted.steps + coalesce(touched_persons.steps_before, 0)
    end::integer as step,
    case when counted.begins_journey then counted.occurred_at end as journey_began_at
from counted
left join touched_persons using (person_id)
