-- purpose: Answers of customers, tied to the last step before them.
-- grain: one row per answer
-- kind: everyone
-- note: answers are no events; one that names a touchpoint keeps it, whatever the step before was.
with answers as (
    select
        ordered_files.source,
        landed_feedback.row_id as feedback_id,
        landed_feedback.ref,
        landed_feedback.occurred_at,
        kind_of_answer(landed_feedback.kind) as kind,
        landed_feedback.question,
        landed_feedback.score,
        landed_feedback.scale_min,
        landed_feedback.scale_max,
        coalesce(
            landed_feedback.higher_is_better,
            case when kind_of_answer(landed_feedback.kind) in ('nps', 'csat') then true end
        ) as higher_is_better,
        landed_feedback.touchpoint,
        coalesce(landed_feedback.respondent, 'customer') as respondent
    from landed_feedback
    semi join current_rows using (ref)
    inner join ordered_files using (file_id)
),

carried as (
    select *
    from landed_identifiers
    semi join answers using (ref)
),

named as (
    select
        carried.ref,
        min(person_identifiers.person_id) as person_id,
        count(distinct person_identifiers.person_id) as persons
    from carried
    inner join person_identifiers
        on
            carried.type = person_identifiers.type
            and carried.key = person_identifiers.key
    where not person_identifiers.is_disputed
    group by carried.ref
),

hung as (
    select
        carried.ref,
        min(tied_identifiers.person_id) as person_id,
        count(distinct tied_identifiers.person_id) as persons
    from carried
    anti join named using (ref)
    inner join tied_identifiers
        on
            carried.type = tied_identifiers.type
            and carried.key = tied_identifiers.key
    group by carried.ref
),

known as (
    select ref, person_id
    from named
    where persons = 1
    union all
    select ref, person_id
    from hung
    where persons = 1
),

-- Few answer: the steps of all others are left alone.
answerers_steps as (
    select *
    from steps
    semi join known using (person_id)
    qualify row_number() over (partition by person_id, entered_at order by event_number desc) = 1
),

placed as (
    select
        answers.*,
        known.person_id,
        answerers_steps.journey_id,
        answerers_steps.touchpoint as step_touchpoint,
        answerers_steps.stage as step_stage
    from answers
    left join known using (ref)
    asof left join answerers_steps
        on
            known.person_id = answerers_steps.person_id
            and answers.occurred_at >= answerers_steps.entered_at
)

select
    placed.feedback_id,
    placed.source,
    placed.person_id,
    placed.journey_id,
    placed.occurred_at,
    placed.respondent,
    placed.kind,
    placed.question,
    placed.score,
    placed.scale_min,
    placed.scale_max,
    placed.higher_is_better,
    coalesce(placed.touchpoint, placed.step_touchpoint) as touchpoint,
    case
        when
            placed.touchpoint is null or placed.touchpoint = placed.step_touchpoint
            then placed.step_stage
        else touchpoint_visits.stage
    end as stage
from placed
left join touchpoint_visits on placed.touchpoint = touchpoint_visits.touchpoint
