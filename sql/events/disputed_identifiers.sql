-- purpose: Identifiers that two persons claim: they tell nobody's events on their own.
-- grain: one row per identifier
-- kind: events, transient
-- note: of a browser all ids are; where a word of the company or a pool number is refused, none.
with claimed as (
    select distinct refused_links.node
    from refused_links
    where not refused_links.is_lent and not refused_links.is_told
),

shared_browsers as (
    select distinct identifier_groups.browser
    from claimed
    inner join identifier_groups using (node)
    where identifier_groups.browser is not null
)

select
    identifiers.node,
    identifiers.type,
    identifiers.key as "key",
    identifier_groups.browser
from identifier_groups
inner join identifiers using (node)
left join shared_browsers using (browser)
left join claimed on identifier_groups.node = claimed.node
where shared_browsers.browser is not null or claimed.node is not null
