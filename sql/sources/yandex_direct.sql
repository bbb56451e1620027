-- purpose: Rows of a Yandex Direct report, as raw costs.
-- grain: one row per record of the file
-- kind: landing
-- note: without a day of its own a row covers the days that the title of the report names.
select
    records.line,
    case when regexp_matches(label, '^Total rows: [0-9]+$') then 'totals row' end as skip_reason,
    clean(label) as label,
    clean(day) as day,
    file_ranges.date_from,
    file_ranges.date_to,
    coalesce(mapped_source, 'yandex') as source_name,
    coalesce(mapped_medium, 'cpc') as medium,
    clean(coalesce(mapped_campaign, clean(campaign_name), campaign_id)) as campaign,
    clean(impressions) as impressions,
    clean(clicks) as clicks,
    clean(cost) as cost,
    clean(mapped_currency) as currency
from records
left join file_ranges on file_of(records.line) = file_ranges.place
