-- purpose: Persons whose journeys are to be made anew, and from which of them on.
-- grain: one row per person
-- kind: nightly, transient
-- note: from the last journey that began before the first change, or the change if that had ended.
with last_begun as (
    select
        journeys.person_id,
        journeys.journey_number,
        journeys.started_at,
        changed_persons.changed_at,
        journeys.steps,
        sum(journeys.steps) over (partition by person_id order by journey_number) as steps_until,
        case journeys.ended_by
            when 'loss' then changed_persons.changed_at > journeys.ended_at
            when 'silence'
                then
                    epoch_us(changed_persons.changed_at) - epoch_us(journeys.ended_at)
                    > $lost_after_us
            else false
        end as had_ended
    from journeys
    inner join changed_persons using (person_id)
    -- An open deal reaches anywhere.
    anti join deals using (person_id)
    where journeys.started_at <= changed_persons.changed_at
    qualify row_number() over (partition by person_id order by journey_number desc) = 1
),

taken_up as (
    select
        person_id,
        case when had_ended then changed_at else started_at end as resumed_at,
        case when had_ended then journey_number else journey_number - 1 end as journeys_before,
        case when had_ended then steps_until else steps_until - steps end as steps_before
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
        taken_up.steps_before,
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
    changed_persons.person_id,
    coalesce(resumed.resumed_at, '-infinity'::timestamptz) as resumed_at,
    coalesce(resumed.events_before, 0) as events_before,
    coalesce(resumed.sessions_before, 0) as sessions_before,
    coalesce(resumed.journeys_before, 0) as journeys_before,
    coalesce(resumed.steps_before, 0)::bigint as steps_before
from changed_persons
left join resumed using (person_id)
