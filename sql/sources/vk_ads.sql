-- purpose: Statistics of VK Ads by day, as raw costs.
-- grain: one row per campaign and day; one for a campaign without days
-- kind: landing
-- note: the API tells no name of a campaign, only its number.
with transformed as (
    select
        *,
        json_transform(record, '{
            "id": "VARCHAR",
            "rows": [{
                "date": "VARCHAR",
                "base": {"shows": "VARCHAR", "clicks": "VARCHAR", "spent": "VARCHAR"}
            }]
        }') as told
    from records
),

counted as (
    select
        *,
        coalesce(len(told."rows"), 0) as days
    from transformed
),

spread as (
    -- More days than a row may have parts make one row, which is rejected.
    select
        *,
        unnest(range(if(days between 1 and 512, days, 1)))::integer as part
    from counted
),

by_day as (
    select
        *,
        told."rows"[part + 1] as on_day
    from spread
)

select
    line,
    part,
    case when days = 0 then 'without days' end as skip_reason,
    if(days > 512, days || ' days', clean(on_day.date)) as day,
    coalesce(mapped_source, 'vk') as source_name,
    coalesce(mapped_medium, 'cpc') as medium,
    clean(told.id) as campaign,
    clean(on_day.base.shows) as impressions,
    clean(on_day.base.clicks) as clicks,
    clean(on_day.base.spent) as cost,
    clean(mapped_currency) as currency
from by_day
