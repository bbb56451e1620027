-- purpose: Where each event of a person stands: its session, its journey, and its channel.
-- grain: one row per participating event
-- kind: person, internal
-- note: what the company does joins the journey that runs at that moment and starts none.
with flow as (
    select
        person_id,
        event_number,
        ref,
        occurred_at,
        channel,
        is_company,
        count(*) filter (is_loss) over before as losses_before,
        case when not is_company then occurred_at end as customer_at
    from person_events
    window before as (
        partition by person_id
        order by event_number
        rows between unbounded preceding and 1 preceding
    )
),

silence as (
    select
        *,
        last_value(customer_at ignore nulls) over before as customer_before,
        last_value(case when not is_company then losses_before end ignore nulls) over before
            as losses_at_customer_before
    from flow
    window before as (
        partition by person_id
        order by event_number
        rows between unbounded preceding and 1 preceding
    )
),

running as (
    select
        *,
        coalesce(
            epoch_us(occurred_at) - epoch_us(customer_before) <= $lost_after_us
            and losses_before = losses_at_customer_before,
            false
        ) as goes_on
    from silence
),

numbered as (
    select
        *,
        case
            when not is_company or goes_on
                then count(*) filter (not is_company and not goes_on) over (
                    partition by person_id order by event_number
                )
        end::integer as journey_number
    from running
),

named as (
    select
        person_id,
        journey_number,
        keyed_hash('journey' || person_id || journey_number) as journey_id
    from numbered
    where journey_number is not null
    group by person_id, journey_number
)

select
    numbered.person_id,
    numbered.event_number,
    numbered.ref,
    sessions.session_id,
    numbered.journey_number,
    named.journey_id,
    coalesce(sessions.channel, numbered.channel) as channel
from numbered
left join named using (person_id, journey_number)
left join event_sessions using (ref)
left join sessions
    on
        event_sessions.person_id = sessions.person_id
        and event_sessions.session_number = sessions.session_number
