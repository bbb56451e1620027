-- purpose: The label of the relationship with each person at the end of given days.
-- grain: one row per person and day of $days, from the day on which the person was first seen
-- kind: analysis
-- note: the one definition of lifecycle; silence is that without an order or an act of advocacy.
with days as (
    select distinct unnest($days::date[]) as day
),

asked as (
    select
        persons.person_id,
        days.day
    from persons
    cross join observed_days
    inner join days on timezone(observed_days.zone, persons.first_seen_at)::date <= days.day
),

-- Kinds of events, or source:kind, as everywhere in the settings.
acts as (
    select distinct
        events.person_id,
        timezone(observed_days.zone, events.occurred_at)::date as day
    from events
    cross join observed_days
    where
        events.participates
        and (
            list_contains($advocacy::text[], events.kind)
            or list_contains($advocacy::text[], events.source || ':' || events.kind)
        )
),

-- Who was a promoter may be none any more: the last answer of a person counts, and of a day.
answers as (
    select
        feedback.person_id,
        timezone(observed_days.zone, feedback.occurred_at)::date as day,
        feedback.score >= 9 as is_promoter
    from feedback
    cross join observed_days
    where
        $promoters
        and feedback.kind = 'nps'
        and feedback.respondent = 'customer'
        and feedback.scale_max = 10
        and feedback.scale_min in (0, 1)
        and feedback.person_id is not null
    qualify
        row_number() over (
            partition by feedback.person_id, day
            order by feedback.occurred_at desc, feedback.feedback_id desc
        ) = 1
),

known as (
    select
        asked.person_id,
        asked.day,
        coalesce(orders.order_number, 0) as orders,
        orders.day as last_order_on,
        greatest(acts.day, if(answers.is_promoter, answers.day, null)) as last_advocacy_on
    from asked
    asof left join orders
        on
            asked.person_id = orders.person_id
            and asked.day >= orders.day
    asof left join acts
        on
            asked.person_id = acts.person_id
            and asked.day >= acts.day
    asof left join answers
        on
            asked.person_id = answers.person_id
            and asked.day >= answers.day
)

select
    person_id,
    day,
    orders,
    last_order_on,
    last_advocacy_on,
    case
        when orders = 0 then 'prospect'
        when day - greatest(last_order_on, last_advocacy_on) > $dormant_after then 'dormant'
        when last_advocacy_on is not null then 'advocate'
        when orders = 1 then 'first-time'
        else 'regular'
    end as lifecycle
from known
