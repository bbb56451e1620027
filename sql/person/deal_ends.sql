-- purpose: How each deal that moves through stages was settled, what it is worth, and whose.
-- grain: one row per person and deal
-- kind: person, internal
-- note: a conversion or a loss settles, whatever `open_deals` says; `settled_at` NULL: none has.
select
    person_events.person_id,
    keyed_id(person_events.deal_key::text) as deal_id,
    arg_min(person_events.occurred_at, person_events.event_number) filter (
        person_events.is_loss or conversion_claims.ref is not null
    ) as settled_at,
    arg_min(person_events.is_loss, person_events.event_number) filter (
        person_events.is_loss or conversion_claims.ref is not null
    ) as is_lost,
    max(listed_deals.owner) as owner,
    coalesce(
        max(listed_deals.value),
        arg_max(person_events.value, person_events.event_number)
    ) as value
from person_events
left join conversion_claims on person_events.ref = conversion_claims.ref
left join listed_deals
    on
        person_events.person_id = listed_deals.person_id
        and person_events.deal_key = listed_deals.deal_key
where person_events.deal_key is not null
group by person_events.person_id, person_events.deal_key
having bool_or(person_events.attributes['deal_stage'] is not null)
