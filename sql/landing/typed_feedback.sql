-- purpose: Raw answers cast column by column, each with the faults found in it.
-- grain: one row per raw answer
-- kind: landing
-- note: an answer without a score is no answer; one outside its own scale is a fault.
with typed as (
    select
        raw_rows.line,
        raw_rows.part,
        raw_rows.feedback_id,
        timed_rows.occurred_at,
        timed_rows.time_flag,
        timezone($zone, timed_rows.occurred_at)::date as local_day,
        raw_rows.kind,
        raw_rows.question,
        exact_number(raw_rows.score)::double as score,
        exact_number(raw_rows.scale_min)::double as scale_min,
        exact_number(raw_rows.scale_max)::double as scale_max,
        boolean_of(raw_rows.higher_is_better) as higher_is_better,
        raw_rows.touchpoint,
        respondent_of(raw_rows.respondent) as respondent,
        raw_rows.occurred_at as time_text,
        raw_rows.score as score_text,
        raw_rows.scale_min as low_text,
        raw_rows.scale_max as high_text,
        raw_rows.higher_is_better as direction_text,
        raw_rows.respondent as respondent_text,
        kind_of_answer(raw_rows.kind) = 'nps' as is_nps
    from raw_rows
    inner join timed_rows using (line, part)
)

select
    * exclude (
        time_text, score_text, low_text, high_text, direction_text, respondent_text, is_nps
    ),
    told_faults([
        case when kind is null then fault('kind', null, 'missing') end,
        time_fault('responded_at', time_text, occurred_at, time_flag, $arrived_at),
        case when score_text is null then fault('score', null, 'missing') end,
        case when low_text is null then fault('scale_min', null, 'missing') end,
        case when high_text is null then fault('scale_max', null, 'missing') end,
        number_fault('score', score_text),
        number_fault('scale_min', low_text),
        number_fault('scale_max', high_text),
        case
            when scale_min >= scale_max then fault('scale_max', high_text, 'not above scale_min')
        end,
        score_fault(kind, score_text, score, scale_min, scale_max),
        case
            when
                is_nps and scale_min < scale_max and not is_nps_scale(scale_min, scale_max)
                then fault('scale_max', high_text, 'nps is asked from 0 (or 1) to 10')
            when is_nps and not higher_is_better
                then fault('higher_is_better', direction_text, 'of nps 10 is the best')
        end,
        case
            when
                direction_text is not null and higher_is_better is null
                then fault('higher_is_better', direction_text, 'neither yes nor no')
        end,
        case
            when respondent_text is null then fault('respondent', null, 'missing')
            when
                respondent is null
                then fault('respondent', respondent_text, 'not among respondents')
        end
    ]) as faults
from typed
