-- purpose: Advertising costs per day and campaign in the project's currency, with their channel.
-- grain: one row per day, source, medium and campaign
-- kind: everyone, monthly
-- note: money is summed before it is rounded; channels come from the same rules as arrivals.
with spent as (
    select
        landed_costs.local_day,
        landed_costs.source_name,
        landed_costs.medium,
        landed_costs.campaign,
        rates.rate,
        sum(landed_costs.impressions) as impressions,
        sum(landed_costs.clicks) as clicks,
        sum(landed_costs.cost) filter (in_currency(landed_costs.cost, rates.rate) is not null)
            as cost
    from landed_costs
    semi join current_rows using (ref)
    inner join rates using (currency)
    group by
        landed_costs.local_day, landed_costs.source_name, landed_costs.medium,
        landed_costs.campaign, landed_costs.currency, rates.rate
)

select
    spent.local_day as day,
    spent.source_name as source,
    spent.medium,
    spent.campaign,
    max(cost_channels.channel) as channel,
    sum(spent.impressions)::bigint as impressions,
    sum(spent.clicks)::bigint as clicks,
    sum(in_currency(spent.cost, spent.rate))::decimal(18, 2) as cost
from spent
left join cost_channels
    on
        spent.source_name = cost_channels.source_name
        and spent.medium is not distinct from cost_channels.medium
        and spent.campaign is not distinct from cost_channels.campaign
group by spent.local_day, spent.source_name, spent.medium, spent.campaign
