-- purpose: Every event that counts as a conversion, and the one that stands for its order.
-- grain: one row per conversion rule group and event
-- kind: person, internal
-- note: of an order's events the rule listed first gives time and value; a void one is none.
with void as (
    select distinct person_id, order_key
    from person_events
    where order_key is not null and (is_cancellation or attributes['order_void'] is not null)
),

claims as (
    select
        person_events.person_id,
        person_events.event_number,
        person_events.ref,
        person_events.source,
        person_events.event_id,
        person_events.occurred_at,
        coalesce(person_events.order_key, listed_deals.order_key) as order_key,
        coalesce(person_events.value, listed_deals.value) as value,
        unnest(person_events.conversion_rules) as rule
    from person_events
    left join listed_deals using (person_id, deal_key)
    where person_events.conversion_rules is not null
),

named as (
    select
        claims.*,
        conversion_rules.name,
        conversion_rules.goal,
        conversion_rules.is_primary,
        conversion_rules.first_only,
        row_number() over (partition by person_id, rule order by event_number) as nth
    from claims
    inner join conversion_rules using (rule)
    anti join void using (person_id, order_key)
),

ranked as (
    select
        *,
        coalesce(order_key::text, ref::text) as order_or_event,
        row_number() over (
            partition by person_id, goal, coalesce(order_key::text, ref::text)
            order by rule, event_number
        ) as rank
    from named
    where not first_only or nth = 1
)

select
    person_id,
    event_number,
    ref,
    name,
    is_primary,
    occurred_at,
    value,
    order_key,
    source,
    rank = 1 as stands,
    keyed_id(
        'conversion' || goal || first_value(source || '/' || event_id) over (
            partition by person_id, goal, order_or_event order by rank
        )
    ) as conversion_id
from ranked
