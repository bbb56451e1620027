-- purpose: What the rows of cost exports come to that count, in the project's currency.
-- grain: one row
-- kind: everyone, internal
-- note: rounded per day, campaign and currency, as in `costs`, which must come to the same.
with campaign_days as (
    select in_currency(sum(landed_costs.cost), rates.rate) as cost
    from landed_costs
    semi join current_rows using (ref)
    inner join rates using (currency)
    where in_currency(landed_costs.cost, rates.rate) is not null
    group by
        landed_costs.local_day, landed_costs.source_name, landed_costs.medium,
        landed_costs.campaign, landed_costs.currency, rates.rate
)

select coalesce(sum(cost), 0)::double as cost
from campaign_days
