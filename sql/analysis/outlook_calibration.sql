-- purpose: What the outlook of 35 days before the end expected, against what happened since.
-- grain: one row per bin of the predicted probability, and rows for all of them together
-- kind: analysis
-- note: as known then, but for what was merged, corrected, cancelled or delivered late since then.
select
    if(days_before = 35, 'asked', 'fate') as part,
    touchpoint,
    silent_from_s,
    case when days_before = 35 or days_to_fate <= days_before - 35 then fate end as name,
    case when days_before > 35 then least(30, days_before - 35) end as seen_days,
    case
        when days_before > 35 then least(30, days_before - 35, days_to_fate)
    end as days,
    sum(moments)::bigint as moments,
    sum(silences)::bigint as silences
from landmarks
where days_before >= 35
group by 1, 2, 3, 4, 5, 6
