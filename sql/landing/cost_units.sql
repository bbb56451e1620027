-- purpose: What a click costs in exports that do not say whether money is in millionths.
-- grain: one row per file in which clicks cost something
-- kind: landing
-- note: the amounts as they stand in the file; millionths are whole.
select
    file_of(line) as place,
    bool_and(is_whole) as is_whole,
    median(exact_cost::double / exact_clicks::double) as per_click
from cost_figures
where skip_reason is null and exact_cost > 0 and exact_clicks > 0
group by file_of(line)
order by place
