-- purpose: What each deal is worth, where a list of deals says so.
-- grain: one row per person and deal with an amount
-- kind: person, transient
-- note: a history of stages knows no amounts; a deal won takes its from here.
select
    person_id,
    deal_key,
    arg_max(value, event_number) as value
from person_events
where
    deal_key is not null
    and value is not null
    and attributes['deal_amount'] is not null
group by person_id, deal_key
