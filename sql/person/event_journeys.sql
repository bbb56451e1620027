-- purpose: Which journey each event of a person belongs to, and the channel it was reached by.
-- grain: one row per participating event that belongs to a journey
-- kind: person, internal
-- note: what the company does joins the journey that runs at that moment and starts none.
with flow as (
    select
        *,
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
        count(*) filter (not is_company and not goes_on) over (
            partition by person_id order by event_number
        ) as journey_number
    from running
    qualify not is_company or goes_on
)

select
    numbered.person_id,
    numbered.event_number,
    numbered.ref,
    numbered.journey_number::integer as journey_number,
    keyed_hash('journey' || numbered.person_id || numbered.journey_number) as journey_id,
    coalesce(sessions.channel, numbered.channel) as channel,
    sessions.session_id
from numbered
left join event_sessions using (person_id, event_number)
left join sessions using (person_id, session_number)
