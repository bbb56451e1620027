-- purpose: Waits of customers for the company, from an act of theirs to its answer, or to a talk.
-- grain: one row per act that a wait begins with (journey_id, waits_for, event_number)
-- kind: person
-- note: acts are whatever customers do but look at pages and talk, up to the first conversion.
with converted as (
    select
        journey_id,
        min(event_number) as event_number
    from conversions
    group by journey_id
),

lived as (
    select
        person_events.person_id,
        event_places.journey_id,
        person_events.event_number,
        person_events.occurred_at,
        person_events.touchpoint,
        person_events.is_page_view,
        coalesce(person_events.call_result, '') as call_result,
        not person_events.is_company
        and not person_events.is_loss
        and coalesce(person_events.call_result not in ('reached', 'tried'), true) as is_sign,
        person_events.is_answer and not person_events.is_loss as is_answer
    from person_events
    inner join event_places using (ref)
    where event_places.journey_id is not null
),

turns as (
    select
        *,
        'answer' as waits_for,
        call_result in ('talked', 'reached') or (is_answer and call_result <> 'tried') as ends,
        is_sign and call_result <> 'talked' as begins,
        touchpoint as place
    from lived
    where not is_page_view and exists (from company_kinds where answers)
    union all
    select
        *,
        'talk',
        call_result in ('talked', 'reached'),
        call_result = 'missed',
        '' as place
    from lived
    where call_result <> ''
),

counted as (
    select
        *,
        count(*) filter (ends) over (
            partition by journey_id, waits_for order by event_number
        ) as number
    from turns
),

begun as (
    select
        counted.person_id,
        counted.journey_id,
        counted.waits_for,
        counted.number,
        min(counted.event_number) as event_number,
        min(counted.occurred_at) as began_at,
        arg_min(counted.touchpoint, counted.event_number) as touchpoint,
        any_value(converted.event_number) as converting_event
    from counted
    left join converted using (journey_id)
    where counted.begins and coalesce(counted.event_number < converted.event_number, true)
    group by
        counted.person_id, counted.journey_id, counted.waits_for, counted.number, counted.place
),

-- Of the turns with one number the first is the answer that was counted.
answers as (
    select
        journey_id,
        waits_for,
        number - 1 as number,
        min(event_number) as event_number,
        min(occurred_at) as answered_at,
        arg_min(call_result, event_number) as call_result
    from counted
    where number > 0
    group by journey_id, waits_for, number
),

last_signs as (
    select
        journey_id,
        max(event_number) as event_number
    from lived
    where is_sign
    group by journey_id
)

select
    begun.person_id,
    begun.journey_id,
    begun.waits_for,
    begun.event_number,
    begun.touchpoint,
    begun.began_at,
    answers.answered_at,
    case
        when answers.call_result = 'talked' then 'customer'
        when answers.answered_at is not null then 'company'
    end as answered_by,
    (epoch_us(answers.answered_at) - epoch_us(begun.began_at)) / 1000000 as wait_s,
    case
        when answers.answered_at is not null
            then coalesce(
                answers.event_number < last_signs.event_number
                or begun.converting_event >= answers.event_number,
                false
            )
    end as went_on
from begun
left join answers
    on
        begun.journey_id = answers.journey_id
        and begun.waits_for = answers.waits_for
        and begun.number = answers.number
        and coalesce(begun.converting_event >= answers.event_number, true)
left join last_signs on begun.journey_id = last_signs.journey_id
