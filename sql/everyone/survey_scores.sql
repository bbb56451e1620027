-- purpose: What customers, and apart from them staff, answered to each question, with intervals.
-- grain: one row per source, question, scale and sort of respondent: over all, and per touchpoint
-- kind: everyone
-- note: `nps` −100 to 100; `top_two_share` of the best two scores of 4 to 11; else the `mean`.
with told as (
    select
        source,
        coalesce(question, kind) as question,
        kind,
        respondent,
        scale_min,
        scale_max,
        higher_is_better,
        stage,
        touchpoint,
        person_id,
        score,
        case
            when kind = 'nps' and is_nps_scale(scale_min, scale_max) then 'nps'
            when
                kind = 'csat'
                and scale_max - scale_min between 3 and 10
                and scale_min = floor(scale_min)
                and scale_max = floor(scale_max)
                then 'top_two_share'
            else 'mean'
        end as measure
    from feedback
),

judged as (
    select
        *,
        case measure
            when 'nps' then score >= 9
            when 'top_two_share'
                then if(higher_is_better, score >= scale_max - 1, score <= scale_min + 1)
        end as is_favourable,
        case measure when 'nps' then score <= 6 end as is_unfavourable
    from told
),

counted as (
    select
        source,
        question,
        kind,
        respondent,
        scale_min,
        scale_max,
        higher_is_better,
        measure,
        if(grouping(touchpoint) = 1, 'all', 'touchpoint') as scope,
        stage,
        touchpoint,
        count(*) as answers,
        count(distinct person_id) as persons,
        count(*) filter (is_favourable) as favourable,
        count(*) filter (is_unfavourable) as unfavourable,
        avg(score) as average,
        stddev_samp(score) as deviation
    from judged
    group by
        grouping sets (
            (
                source, question, kind, respondent, scale_min, scale_max, higher_is_better, measure
            ),
            (
                source, question, kind, respondent, scale_min, scale_max, higher_is_better, measure,
                stage, touchpoint
            )
        )
),

-- NPS: D. G. Bonett and R. M. Price, Adjusted Wald Confidence Interval for a Difference of Binomial
-- Proportions Based on Paired Data, J. of Educational and Behavioral Statistics 37 (2012): one
-- promoter and one detractor more. Shares: E. B. Wilson, JASA 22 (1927). 1.96 of the normal.
weighed as (
    select
        *,
        1.959963984540054::double as z,
        (favourable - unfavourable) / (answers + 2)::double as shrunk,
        (favourable + unfavourable + 2) / (answers + 2)::double as decided,
        favourable / answers::double as share
    from counted
),

-- What each interval lies around, and how far it reaches; it ends where the measure does.
spanned as (
    select
        *,
        case measure
            when 'nps' then 100 * shrunk
            when 'top_two_share' then (share + z ^ 2 / (2 * answers)) / (1 + z ^ 2 / answers)
            else average
        end as centre,
        case
            when measure = 'nps' then 100 * z * sqrt((decided - shrunk ^ 2) / (answers + 2))
            when measure = 'top_two_share'
                then
                    z * sqrt((share * (1 - share) + z ^ 2 / (4 * answers)) / answers)
                    / (1 + z ^ 2 / answers)
            when answers >= 30 then z * deviation / sqrt(answers)
        end as reach,
        case measure when 'nps' then -100 when 'top_two_share' then 0 else scale_min end
            as least_score,
        case measure when 'nps' then 100 when 'top_two_share' then 1 else scale_max end
            as most_score
    from weighed
)

select
    source,
    question,
    kind,
    respondent,
    scale_min,
    scale_max,
    higher_is_better,
    scope,
    stage,
    touchpoint,
    answers,
    persons,
    measure,
    case when measure <> 'mean' then favourable end as favourable,
    case when measure = 'nps' then unfavourable end as unfavourable,
    case measure
        when 'nps' then 100 * (favourable - unfavourable) / answers::double
        when 'top_two_share' then share
        else average
    end as score,
    case when reach is not null then greatest(least_score, centre - reach) end as score_low,
    case when reach is not null then least(most_score, centre + reach) end as score_high
from spanned
