-- purpose: How long customers fall silent, and how many of the silent still come back.
-- grain: one row per whole number of days, from 1 as far as anything is known
-- kind: analysis
-- note: a silence that still lasts is neither a return nor a farewell; of very many it is a sample.
with signs as (
    select
        event_persons.person_id,
        event_persons.occurred_at,
        lead(event_persons.occurred_at) over (
            partition by event_persons.person_id order by event_persons.occurred_at
        ) as next_at
    from event_persons
    inner join landed_events using (ref)
    anti join excluded_kinds using (kind)
    anti join company_kinds using (kind)
    where
        event_persons.occurred_at <= $observed_until
        and hash(event_persons.person_id) % $one_person_in::ubigint = 0
)

select
    epoch_us(coalesce(next_at, $observed_until) - occurred_at) as after_us,
    count(next_at) as returned,
    count(*) - count(next_at) as silent
from signs
where epoch_us(coalesce(next_at, $observed_until) - occurred_at) > $session_timeout_us
group by after_us
