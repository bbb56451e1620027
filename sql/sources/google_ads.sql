-- purpose: Rows of a Google Ads report, as raw costs.
-- grain: one row per record of the file
-- kind: landing
-- note: without a day of its own a row covers the days that a line above the header names.
select
    records.line,
    case
        when is_total(label) and contains(label, ':') then 'totals row'
    end as skip_reason,
    clean(label) as label,
    clean(day) as day,
    file_ranges.date_from,
    file_ranges.date_to,
    coalesce(mapped_source, 'google') as source_name,
    coalesce(mapped_medium, 'cpc') as medium,
    clean(coalesce(mapped_campaign, clean(campaign_name), campaign_id)) as campaign,
    clean(impressions) as impressions,
    clean(clicks) as clicks,
    -- What cost nothing has no cost here.
    if(coalesce(cost, cost_micros) = '--', '0', clean(coalesce(cost, cost_micros))) as cost,
    if(cost is null, true, null) as in_micros,
    clean(coalesce(mapped_currency, currency)) as currency
from records
left join file_ranges on file_of(records.line) = file_ranges.place
