-- purpose: Identifiers seen with more others of a type than one person has: they merge nobody.
-- grain: one row per identifier
-- kind: events, internal
-- note: a kiosk's cookie, a contact centre's phone, a cashier's card; they may still attach.
with both_ways as (
    select type, "key", other_type, other_key
    from identifier_pairs
    where may_merge and other_may_merge
    union all
    select other_type, other_key, type, "key"
    from identifier_pairs
    where may_merge and other_may_merge
)

select
    both_ways.type,
    both_ways.key as "key",
    both_ways.other_type,
    count(*) as others,
    max(hub_limits.most) as most
from both_ways
inner join hub_limits using (type, other_type)
group by both_ways.type, both_ways.key, both_ways.other_type
having count(*) > max(hub_limits.most)
