-- purpose: Which session, journey and step of its person each event belongs to.
-- grain: one row per participating event; NULL where it belongs to none
-- kind: person, transient
-- note: what the company does joins a running journey, starts none; an open deal keeps it running.
with silence as (
    select
        person_events.*,
        -- Near is what follows the customer's last sign of life, unless a loss came in between.
        coalesce(epoch_us(occurred_at) - epoch_us(seen_before) <= $lost_after_us, false) as is_near
    from person_events
),

-- Most persons have no deal, and nothing that holds their journeys.
dealt as (
    select
        person_id,
        event_number,
        ref,
        is_company,
        is_near,
        deal_key,
        count(*) filter (is_loss) over (
            partition by person_id
            order by event_number
            rows between unbounded preceding and 1 preceding
        ) as losses_before
    from silence
    semi join deals using (person_id)
),

holds as (
    select
        dealt.person_id,
        dealt.losses_before,
        dealt.deal_key,
        deals.settled_by,
        min(dealt.event_number) as opened_by
    from dealt
    inner join deals
        on
            dealt.person_id = deals.person_id
            and dealt.deal_key = deals.deal_key
    where dealt.is_near or not dealt.is_company
    group by dealt.person_id, dealt.losses_before, dealt.deal_key, deals.settled_by
    having deals.settled_by is null or min(dealt.event_number) < deals.settled_by
),

held as (
    select
        dealt.ref,
        sum(case dealt.event_number when holds.opened_by then 1 when holds.settled_by then -1 end)
            over (
                partition by dealt.person_id, dealt.losses_before
                order by dealt.event_number
                rows between unbounded preceding and 1 preceding
            )
            as open_deals
    from dealt
    left join holds
        on
            dealt.person_id = holds.person_id
            and dealt.losses_before = holds.losses_before
            and dealt.deal_key = holds.deal_key
),

running as (
    select
        silence.*,
        session_starts.ref is not null as begins_session,
        silence.is_near or coalesce(held.open_deals, 0) > 0 as goes_on
    from silence
    left join session_starts using (ref)
    left join held using (ref)
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
