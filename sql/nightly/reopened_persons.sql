-- purpose: Persons of whom an earlier conversion changed with what came later.
-- grain: one row per person
-- kind: nightly, transient
-- note: an order is told once more by a source that decides; all of their journeys are made anew.
with before as (
    select person_id, sum(hash(earlier_claims)) as trace
    from earlier_claims
    group by person_id
),

after as (
    select conversion_claims.person_id, sum(hash(conversion_claims)) as trace
    from conversion_claims
    inner join touched_persons using (person_id)
    where conversion_claims.event_number <= touched_persons.events_before
    group by conversion_claims.person_id
)

select person_id
from before
full join after using (person_id)
where before.trace is distinct from after.trace
