-- purpose: Rows of a file of costs for Yandex Metrica, as raw costs.
-- grain: one row per record of the file
-- kind: landing
-- note: a day may be a range of days.
select
    line,
    skip_reason,
    clean(label) as label,
    clean(day) as day,
    clean(utm_source) as source_name,
    clean(utm_medium) as medium,
    clean(utm_campaign) as campaign,
    clean(clicks) as clicks,
    clean(expenses) as cost,
    clean(currency) as currency
from records
