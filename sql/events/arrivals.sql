-- purpose: Distinct ways in which events arrived, with their channel by the rule table.
-- grain: one row per distinct combination of campaign parameters, click id and referrer
-- kind: events, transient
-- note: own and ignored hosts are no arrival; such combinations have neither channel nor arrival.
with spelled as (
    select distinct arrival_parts(landed_events) as parts
    from landed_events
    semi join current_rows using (ref)
),

outside as (
    select
        spelled.parts,
        told(spelled.parts.utm_source) as told_source,
        told(spelled.parts.utm_medium) as told_medium,
        told(spelled.parts.utm_campaign) as campaign,
        spelled.parts.click,
        case
            when referrers.is_inside or referrers.domain = pages.domain then null
            else spelled.parts.referrer_host
        end as host
    from spelled
    left join host_domains as referrers on spelled.parts.referrer_host = referrers.host
    left join host_domains as pages on spelled.parts.host = pages.host
),

host_categories as (
    select
        outside.host,
        arg_min(source_categories.category, source_categories.priority) as category
    from (select distinct host from outside where host is not null) as outside
    inner join source_categories on regexp_full_match(outside.host, source_categories.pattern)
    group by outside.host
),

fallen_back as (
    select
        outside.*,
        case
            when told_source is not null then told_source
            when host is not null then host
            when told_medium is not null or campaign is not null then '(not set)'
            else '(direct)'
        end as source,
        case
            when told_medium is not null then told_medium
            when told_source is not null then '(not set)'
            when host_categories.category = 'search' then 'organic'
            when host is not null then 'referral'
            when campaign is not null then '(not set)'
            else '(none)'
        end as medium
    from outside
    left join host_categories using (host)
    where coalesce(told_source, told_medium, campaign, click, host) is not null
),

categories as (
    select
        sources.source,
        arg_min(source_categories.category, source_categories.priority) as category
    from (select distinct source from fallen_back) as sources
    inner join source_categories on regexp_full_match(sources.source, source_categories.pattern)
    group by sources.source
)

select
    fallen_back.parts,
    arg_min(channel_rules.channel, channel_rules.priority) as channel,
    -- What the address says outweighs the referrer, which comes and goes within one arrival.
    max(case
        when
            coalesce(told_source, told_medium, fallen_back.campaign, fallen_back.click) is not null
            then concat_ws(
                ' / ', told_source, told_medium, fallen_back.campaign, fallen_back.click
            )
        else fallen_back.source
    end) as arrival
from fallen_back
left join categories using (source)
inner join channel_rules
    on
        meets(fallen_back.source, channel_rules.source)
        and meets(fallen_back.medium, channel_rules.medium)
        and meets(fallen_back.campaign, channel_rules.campaign)
        and meets(categories.category, channel_rules.category)
        and meets(fallen_back.click, channel_rules.click)
group by fallen_back.parts
