-- purpose: Records of a survey export whose columns are mapped in the settings, as raw answers.
-- grain: one row per record of the file
-- kind: landing
-- note: free text of the answers is not read, nor who the staff is that answered.
select
    line,
    0 as part,
    coalesce(skip_reason, case when boolean_of(clean(is_test)) then 'test answer' end)
        as skip_reason,
    clean(feedback_id) as feedback_id,
    clean(responded_at) as occurred_at,
    clean(kind) as kind,
    clean(question) as question,
    clean(score) as score,
    clean(scale_min) as scale_min,
    clean(scale_max) as scale_max,
    clean(higher_is_better) as higher_is_better,
    clean(touchpoint) as touchpoint,
    clean(respondent) as respondent,
    identifiers_of_respondent(identifiers, respondent) as identifiers
from records
