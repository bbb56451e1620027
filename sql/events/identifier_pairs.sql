-- purpose: Which identifiers were seen together on one event.
-- grain: one row per pair of identifiers, the lesser first
-- kind: events, transient
-- note: bots are left out; `is_lent` marks pairs that nothing but a lent pool number shows.
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
    bool_and(one.is_lent <> other.is_lent) as is_lent
from sound as one
inner join sound as other
    on
        one.ref = other.ref
        and (one.type, one.key) < (other.type, other.key)
group by all
