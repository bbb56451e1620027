-- purpose: The label of the relationship with each person at the end of each of $days.
-- grain: one row per person
-- kind: loyalty
-- note: `labels` are in the order of $days; silence is that without order or act of advocacy.
with bought as (
    select
        person_id,
        list(day order by day) as days
    from orders
    group by person_id
),

-- Kinds of events, or source:kind, as everywhere in the settings.
praised as (
    select
        events.person_id,
        list(
            distinct timezone(observed_days.zone, events.occurred_at)::date
            order by timezone(observed_days.zone, events.occurred_at)::date
        ) as days
    from events
    cross join observed_days
    where
        events.participates
        and (
            list_contains($advocacy::text[], events.kind)
            or list_contains($advocacy::text[], events.source || ':' || events.kind)
        )
    group by events.person_id
),

answered as (
    select
        feedback.person_id,
        list(
            timezone(observed_days.zone, feedback.occurred_at)::date
            order by feedback.occurred_at, feedback.feedback_id
        ) as days,
        list(
            feedback.score >= 9 order by feedback.occurred_at, feedback.feedback_id
        ) as are_promoters
    from feedback
    cross join observed_days
    where
        $promoters
        and feedback.kind = 'nps'
        and feedback.respondent = 'customer'
        and feedback.scale_max = 10
        and feedback.scale_min in (0, 1)
    group by feedback.person_id
),

known as (
    select
        persons.person_id,
        timezone(observed_days.zone, persons.first_seen_at)::date as first_day
    from persons
    cross join observed_days
),

-- How much of each list had been by each day. Who was a promoter may be none any more.
counted as (
    select
        known.person_id,
        bought.days as order_days,
        list_transform($days::date[], lambda each: {
            'day': each,
            'is_seen': each >= known.first_day,
            'orders': len(list_filter(bought.days, lambda day: day <= each)),
            'last_act': praised.days[len(list_filter(praised.days, lambda day: day <= each))],
            'answers': len(list_filter(answered.days, lambda day: day <= each))
        }) as states,
        answered.days as answer_days,
        answered.are_promoters
    from known
    left join bought using (person_id)
    left join praised using (person_id)
    left join answered using (person_id)
),

heard as (
    select
        person_id,
        list_transform(states, lambda state: {
            'day': state.day,
            'is_seen': state.is_seen,
            'orders': coalesce(state.orders, 0),
            'last_order_on': order_days[state.orders],
            'last_advocacy_on': greatest(
                state.last_act,
                if(are_promoters[state.answers], answer_days[state.answers], null)
            )
        }) as states
    from counted
)

select
    person_id,
    states[-1].is_seen as is_seen,
    states[-1].orders as orders,
    states[-1].last_order_on as last_order_on,
    states[-1].last_advocacy_on as last_advocacy_on,
    list_transform(states, lambda state: case
        when not state.is_seen then '(new)'
        when state.orders = 0 then 'prospect'
        when
            state.day - greatest(state.last_order_on, state.last_advocacy_on) > $dormant_after
            then 'dormant'
        when state.last_advocacy_on is not null then 'advocate'
        when state.orders = 1 then 'first-time'
        else 'regular'
    end) as labels
from heard
