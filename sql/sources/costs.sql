-- purpose: Records of a cost table whose columns are mapped in the settings, as raw costs.
-- grain: one row per record of the file
-- kind: landing
-- note: everything is still text here.
select
    line,
    0 as part,
    skip_reason,
    null::text as url,
    []::struct(type text, value text)[] as identifiers,
    clean(cost_id) as cost_id,
    clean(day) as day,
    clean(source) as source_name,
    clean(medium) as medium,
    clean(campaign) as campaign,
    clean(impressions) as impressions,
    clean(clicks) as clicks,
    clean(cost) as cost,
    clean(currency) as currency
from records
