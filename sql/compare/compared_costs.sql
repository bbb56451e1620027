-- purpose: Costs, clicks or impressions by day.
-- grain: one row per day
-- kind: compare
-- note: days are the advertising account's.
select
    day,
    sum(if($metric = 'cost', cost, if($metric = 'clicks', clicks, impressions))) as ours
from costs
where $source is null or source = $source
group by day
