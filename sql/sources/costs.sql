-- purpose: Records of a cost table whose columns are mapped in the settings, as raw costs.
-- grain: one row per record of the file
-- kind: landing
-- note: everything is still text here.
select
    line,
    skip_reason,
    clean(label) as label,
    clean(cost_id) as cost_id,
    clean(day) as day,
    clean(date_from) as date_from,
    clean(date_to) as date_to,
    clean(source) as source_name,
    clean(medium) as medium,
    clean(campaign) as campaign,
    clean(impressions) as impressions,
    clean(clicks) as clicks,
    clean(cost) as cost,
    clean(currency) as currency
from records
