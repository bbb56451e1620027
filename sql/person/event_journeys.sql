-- purpose: Which journey of its person each event belongs to.
-- grain: one row per participating event; `journey_number` is NULL outside any journey
-- kind: person, transient
-- note: what the company does joins a running journey, starts none; an open deal keeps it running.
with silence as (
    select
        person_id,
        event_number,
        ref,
        is_company,
        deal_key,
        count(*) filter (is_loss) over earlier as losses_before,
        -- Near is what follows the customer's last sign of life, unless a loss came in between.
        coalesce(
            epoch_us(occurred_at)
            - epoch_us(max(occurred_at) filter (not is_company) over earlier) <= $lost_after_us
            and max(event_number) filter (not is_company) over earlier
            > coalesce(max(event_number) filter (is_loss) over earlier, 0),
            false
        ) as is_near
    from person_events
    window
        earlier as (
            partition by person_id
            order by event_number
            rows between unbounded preceding and 1 preceding
        )
),

holds as (
    select
        silence.person_id,
        silence.losses_before,
        silence.deal_key,
        deals.settled_by,
        min(silence.event_number) as opened_by
    from silence
    inner join deals
        on
            silence.person_id = deals.person_id
            and silence.deal_key = deals.deal_key
    where silence.is_near or not silence.is_company
    group by silence.person_id, silence.losses_before, silence.deal_key, deals.settled_by
    having deals.settled_by is null or min(silence.event_number) < deals.settled_by
),

-- Most persons have no deal, and nothing that holds their journeys.
holders as (
    select distinct person_id
    from holds
),

held as (
    select
        silence.ref,
        sum(case silence.event_number when holds.opened_by then 1 when holds.settled_by then -1 end)
            over (
                partition by silence.person_id, silence.losses_before
                order by silence.event_number
                rows between unbounded preceding and 1 preceding
            )
            as open_deals
    from silence
    semi join holders using (person_id)
    left join holds
        on
            silence.person_id = holds.person_id
            and silence.losses_before = holds.losses_before
            and silence.deal_key = holds.deal_key
),

running as (
    select
        silence.person_id,
        silence.event_number,
        silence.ref,
        silence.is_company,
        silence.is_near or coalesce(held.open_deals, 0) > 0 as goes_on
    from silence
    left join held using (ref)
)

select
    running.person_id,
    running.event_number,
    running.ref,
    case
        when not running.is_company or running.goes_on
            then count(*) filter (not running.is_company and not running.goes_on) over (
                partition by running.person_id order by running.event_number
            ) + coalesce(touched_persons.journeys_before, 0)
    end::integer as journey_number
from running
left join touched_persons using (person_id)
