-- purpose: Advertising costs per day and campaign in the project's currency, with their channel.
-- grain: one row per day, source, medium and campaign
-- kind: everyone, monthly
-- note: costs take their channel from the same rules as arrivals.
select
    landed_costs.local_day as day,
    landed_costs.source_name as source,
    landed_costs.medium,
    landed_costs.campaign,
    max(cost_channels.channel) as channel,
    sum(landed_costs.impressions)::bigint as impressions,
    sum(landed_costs.clicks)::bigint as clicks,
    sum(in_currency(landed_costs.cost, rates.rate))::decimal(18, 2) as cost
from landed_costs
semi join current_rows using (ref)
inner join rates on landed_costs.currency = rates.currency
left join cost_channels
    on
        landed_costs.source_name = cost_channels.source_name
        and landed_costs.medium is not distinct from cost_channels.medium
        and landed_costs.campaign is not distinct from cost_channels.campaign
group by
    landed_costs.local_day, landed_costs.source_name, landed_costs.medium, landed_costs.campaign
