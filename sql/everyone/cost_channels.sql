-- purpose: The channel of each advertised source, medium and campaign, by the rules for arrivals.
-- grain: one row per source, medium and campaign as the cost exports spell them
-- kind: everyone, internal
-- note: a cost row names its source outright, so there is no referrer to fall back on.
with spelled as (
    select distinct
        landed_costs.source_name,
        landed_costs.medium,
        landed_costs.campaign,
        coalesce(told(landed_costs.source_name), '(not set)') as source,
        coalesce(told(landed_costs.medium), '(not set)') as told_medium,
        coalesce(told(landed_costs.campaign), '') as told_campaign
    from landed_costs
    semi join current_rows using (ref)
),

categories as (
    select
        sources.source,
        arg_min(source_categories.category, source_categories.priority) as category
    from (select distinct source from spelled) as sources
    inner join source_categories on regexp_full_match(sources.source, source_categories.pattern)
    group by sources.source
)

select
    spelled.source_name,
    spelled.medium,
    spelled.campaign,
    arg_min(channel_rules.channel, channel_rules.priority) as channel
from spelled
left join categories using (source)
inner join channel_rules
    on
        meets(spelled.source, channel_rules.source)
        and meets(spelled.told_medium, channel_rules.medium)
        and meets(spelled.told_campaign, channel_rules.campaign)
        and meets(categories.category, channel_rules.category)
        and meets(null::text, channel_rules.click)
group by spelled.source_name, spelled.medium, spelled.campaign
