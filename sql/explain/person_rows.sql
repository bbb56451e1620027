-- purpose: The identifiers on the rows that carry an identifier of a person.
-- grain: one row per row of an export and identifier that stands for somebody
-- kind: explain
-- note: corrected and replaced rows are left out; `relation` is NULL where the row is no link.
with theirs as (
    select
        type,
        "key",
        is_disputed
    from person_identifiers
    where person_id = $person_id
),

landed as (
    select ref, line, occurred_at, null as relation
    from landed_events
    union all
    select ref, line, occurred_at, relation
    from landed_links
),

their_rows as (
    select distinct landed_identifiers.ref
    from landed_identifiers
    semi join theirs using (type, "key")
    semi join current_rows using (ref)
)

select
    landed_identifiers.ref,
    landed_identifiers.type,
    landed_identifiers.key as "key",
    theirs.type is not null as is_theirs,
    theirs.is_disputed,
    landed.occurred_at,
    landed.relation,
    ledger.file,
    landed.line
from landed_identifiers
semi join their_rows using (ref)
semi join person_identifiers
    on
        landed_identifiers.type = person_identifiers.type
        and landed_identifiers.key = person_identifiers.key
left join theirs
    on
        landed_identifiers.type = theirs.type
        and landed_identifiers.key = theirs.key
inner join landed using (ref)
inner join ledger on landed.ref >> 36 = ledger.file_id
