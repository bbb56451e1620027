-- purpose: Statistics of VK Ads by day, as raw costs.
-- grain: one row per campaign and day; one for a campaign without days
-- kind: landing
-- note: the API tells no name of a campaign, only its number.
with campaigns as (
    select
        *,
        coalesce(json_array_length(record, '$.rows'), 0) as days
    from records
),

spread as (
    -- More days than a row may have parts make one row, which is rejected.
    select
        *,
        unnest(range(if(days between 1 and 512, days, 1)::bigint))::integer as part
    from campaigns
),

told as (
    select
        *,
        json_extract(record, '$.rows[' || part || ']') as told
    from spread
)

select
    line,
    part,
    case when days = 0 then 'without days' end as skip_reason,
    if(days > 512, days || ' days', clean(told ->> '$.date')) as day,
    coalesce(mapped_source, 'vk') as source_name,
    coalesce(mapped_medium, 'cpc') as medium,
    clean(record ->> '$.id') as campaign,
    clean(told ->> '$.base.shows') as impressions,
    clean(told ->> '$.base.clicks') as clicks,
    clean(told ->> '$.base.spent') as cost,
    clean(mapped_currency) as currency
from told
