-- purpose: What a list of deals tells of each: its worth, its owner, its order, why it was lost.
-- grain: one row per person and deal that a list tells something of
-- kind: person, transient
-- note: a history of stages knows none of it; the events that end a deal take it from here.
select
    person_id,
    deal_key,
    arg_max(value, event_number) as value,
    arg_max(owner, event_number) as owner,
    arg_max(order_key, event_number) as order_key,
    arg_max(loss_reason, event_number) as loss_reason
from person_events
where
    deal_key is not null
    -- Rows that were read before lists told more than the worth say only that.
    and coalesce(attributes['deal_listed'], attributes['deal_amount']) is not null
group by person_id, deal_key
