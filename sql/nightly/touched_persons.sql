-- purpose: Persons whose journeys are to be made anew, and from which of them on.
-- grain: one row per person
-- kind: nightly, transient
-- note: from the last journey that began before the first change, or the change if that had ended.
with changes as (
    select old_person_id as person_id, occurred_at
    from moved_events
    where old_person_id is distinct from new_person_id

    union all

    select new_person_id as person_id, occurred_at
    from moved_events
    where old_person_id is distinct from new_person_id

    union all

    -- The end of observation moved over it.
    select event_persons.person_id, event_persons.occurred_at
    from event_persons
    cross join project
    where
        (event_persons.occurred_at <= project.observed_until)
        <> (event_persons.occurred_at <= $observed_until)

    union all

    -- Time alone makes a silence a loss.
    select person_id, started_at as occurred_at
    from journeys
    where
        ended_by is distinct from 'loss'
        and closed is distinct from
        (epoch_us($observed_until) - epoch_us(ended_at) > $lost_after_us)
),

changed as (
    select person_id, min(occurred_at) as changed_at
    from changes
    where person_id is not null
    group by person_id
),

-- An open deal reaches anywhere.
last_begun as (
    select
        journeys.person_id,
        journeys.journey_number,
        journeys.started_at,
        changed.changed_at,
        case journeys.ended_by
            when 'loss' then changed.changed_at > journeys.ended_at
            when 'silence'
                then epoch_us(changed.changed_at) - epoch_us(journeys.ended_at) > $lost_after_us
            else false
        end as had_ended
    from journeys
    inner join changed using (person_id)
    anti join deals using (person_id)
    where journeys.started_at <= changed.changed_at
    qualify row_number() over (partition by person_id order by journey_number desc) = 1
),

taken_up as (
    select
        person_id,
        case when had_ended then changed_at else started_at end as resumed_at,
        case when had_ended then journey_number else journey_number - 1 end as journeys_before
    from last_begun
    -- What the first journey began with has nothing before it.
    where had_ended or journey_number > 1
),

lived_before as (
    select
        taken_up.person_id,
        count(*) as events_before,
        max(person_events.occurred_at) filter (person_events.is_session) as left_at
    from taken_up
    inner join person_events using (person_id)
    where person_events.occurred_at < taken_up.resumed_at
    group by taken_up.person_id
),

sessions_before as (
    select
        taken_up.person_id,
        count(*) as sessions_before
    from taken_up
    inner join sessions using (person_id)
    where sessions.started_at < taken_up.resumed_at
    group by taken_up.person_id
),

resumed as (
    select
        taken_up.person_id,
        taken_up.resumed_at,
        taken_up.journeys_before,
        lived_before.events_before,
        coalesce(sessions_before.sessions_before, 0) as sessions_before
    from taken_up
    inner join lived_before using (person_id)
    inner join journeys
        on
            taken_up.person_id = journeys.person_id
            and taken_up.journeys_before = journeys.journey_number
    left join sessions_before on taken_up.person_id = sessions_before.person_id
    where
        -- Neither a moment nor a session may stand on both sides.
        journeys.ended_at < taken_up.resumed_at
        and coalesce(
            epoch_us(taken_up.resumed_at) - epoch_us(lived_before.left_at) > $session_timeout_us,
            true
        )
)

select
    changed.person_id,
    coalesce(resumed.resumed_at, '-infinity'::timestamptz) as resumed_at,
    coalesce(resumed.events_before, 0) as events_before,
    coalesce(resumed.sessions_before, 0) as sessions_before,
    coalesce(resumed.journeys_before, 0) as journeys_before
from changed
left join resumed using (person_id)
