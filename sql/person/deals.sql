-- purpose: The deals of each person, and the event that settled them.
-- grain: one row per person and deal
-- kind: person, internal
-- note: a conversion or a loss settles; `settled_by` is NULL while the deal is open.
select
    person_events.person_id,
    person_events.deal_key,
    min(person_events.event_number) filter (
        person_events.is_loss or conversion_claims.ref is not null
    ) as settled_by
from person_events
left join conversion_claims using (ref)
where person_events.deal_key is not null and $open_deals = 'keep_open'
group by person_events.person_id, person_events.deal_key
