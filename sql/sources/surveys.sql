-- purpose: Responses to a survey with a column for each question, as raw answers.
-- grain: one row per answered question; for a response without any, one that is skipped
-- kind: landing
-- note: the first part stands for the row, so answers that are no score come last.
with responses as (
    select
        line,
        coalesce(skip_reason, case when boolean_of(clean(is_test)) then 'test answer' end)
            as skip_reason,
        clean(response_id) as response_id,
        clean(responded_at) as responded_at,
        clean(respondent) as respondent,
        clean(touchpoint) as touchpoint,
        identifiers_of_respondent(identifiers, respondent) as identifiers,
        list_filter(answers, lambda a: clean(a.answer) is not null) as answers
    from records
),

answered as (
    select
        * exclude (answers),
        unnest(if(skip_reason is null and len(answers) > 0, answers, [null])) as asked
    from responses
),

scored as (
    select
        *,
        coalesce(
            asked.scores[
                list_position(
                    list_transform(asked.words, lambda w: lower(w)), lower(clean(asked.answer))
                )
            ],
            clean(asked.answer)
        ) as score
    from answered
)

select
    line,
    row_number() over (
        partition by line
        order by
            exact_number(score) is null,
            score_fault(
                asked.kind,
                score,
                exact_number(score),
                exact_number(asked.scale_min),
                exact_number(asked.scale_max)
            ) is not null,
            asked.place
    ) - 1 as part,
    coalesce(skip_reason, case when asked is null then 'no answer' end) as skip_reason,
    response_id || '/' || asked.question as feedback_id,
    responded_at as occurred_at,
    asked.kind,
    asked.question,
    score,
    asked.scale_min,
    asked.scale_max,
    asked.higher_is_better,
    coalesce(asked.touchpoint, touchpoint) as touchpoint,
    respondent,
    identifiers
from scored
