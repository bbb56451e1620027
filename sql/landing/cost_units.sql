-- purpose: What a click costs in exports that do not say whether money is in millionths.
-- grain: one row per file of whole amounts, as millionths are, whose columns do not tell
-- kind: landing
-- note: the amounts as they stand in the file.
select
    file_of(line) as place,
    median(exact_cost::double / exact_clicks::double) filter (exact_clicks > 0) as per_click,
    max(exact_cost) as largest
from cost_figures
where skip_reason is null and is_whole and not is_unit_told and exact_cost > 0
group by file_of(line)
order by place
