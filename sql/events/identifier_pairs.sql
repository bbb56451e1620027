-- purpose: Which identifiers were seen together on one event.
-- grain: one row per pair of identifiers, the lesser first
-- kind: events, transient
-- note: bots are left out, so that no crawler's shared values join people.
with sound as (
    select *
    from event_identifiers
    anti join bot_events using (ref)
)

select
    one.type,
    one.key as "key",
    one.may_merge,
    other.type as other_type,
    other.key as other_key,
    other.may_merge as other_may_merge,
    min(one.occurred_at) as first_seen_at,
    count(*) as events
from sound as one
inner join sound as other
    on
        one.ref = other.ref
        and (one.type, one.key) < (other.type, other.key)
group by all
