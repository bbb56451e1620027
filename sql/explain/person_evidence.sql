-- purpose: The identifiers of a person, when and where each was first seen.
-- grain: one row per identifier
-- kind: explain
-- note: identifiers are shown by the beginning of their keys; what they are stands in the exports.
with landed as (
    select ref, line, occurred_at, true as is_event
    from landed_events
    union all
    select ref, line, occurred_at, false as is_event
    from landed_links
),

carried as (
    select
        landed_identifiers.type,
        landed_identifiers.key as "key",
        landed.occurred_at,
        landed.is_event,
        ledger.file,
        landed.line
    from landed_identifiers
    inner join person_identifiers using (type, "key")
    semi join current_rows using (ref)
    inner join landed using (ref)
    inner join ledger on landed.ref >> 36 = ledger.file_id
    where person_identifiers.person_id = $person_id
)

select
    carried.type,
    left(carried.key::text, 8) as "key",
    count(*) filter (carried.is_event) as events,
    min(carried.occurred_at) as first_seen_at,
    arg_min(carried.file, (carried.occurred_at, carried.file, carried.line)) as file,
    arg_min(carried.line, (carried.occurred_at, carried.file, carried.line)) as line,
    bool_or(person_identifiers.is_disputed) as is_disputed
from carried
inner join person_identifiers
    on
        carried.type = person_identifiers.type
        and carried.key = person_identifiers.key
group by carried.type, carried.key
order by first_seen_at, carried.type, carried.key
