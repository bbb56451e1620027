-- purpose: Events at which an open deal keeps a journey running.
-- grain: one row per event
-- kind: person, transient
-- note: a deal opens with its first event inside a journey; what settles it, or a loss, ends that.
with dealt as (
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
    from person_events
    -- Most persons have no deal, and nothing that holds their journeys.
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
)

select ref
from held
where open_deals > 0
