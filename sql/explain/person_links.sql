-- purpose: Which rows join two identifiers of a person or tell them apart, and which were refused.
-- grain: one row per pair of identifiers, one more where the company says `same`, or `different`
-- kind: explain
-- note: file and line are those of the earliest such row; `rule` says why a link was refused.
with theirs as (
    select type, "key"
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

carried as (
    select
        landed_identifiers.ref,
        landed_identifiers.type,
        landed_identifiers.key as "key",
        landed.occurred_at,
        landed.relation,
        ledger.file,
        landed.line
    from landed_identifiers
    semi join current_rows using (ref)
    inner join landed using (ref)
    inner join ledger on landed.ref >> 36 = ledger.file_id
    semi join person_identifiers
        on
            landed_identifiers.type = person_identifiers.type
            and landed_identifiers.key = person_identifiers.key
),

pairs as (
    select
        one.type,
        one.key as "key",
        other.type as other_type,
        other.key as other_key,
        one.relation,
        count(*) as events,
        arg_min(one.file, (one.occurred_at, one.file, one.line)) as file,
        arg_min(one.line, (one.occurred_at, one.file, one.line)) as line
    from carried as one
    semi join theirs
        on
            one.type = theirs.type
            and one.key = theirs.key
    inner join carried as other
        on
            one.ref = other.ref
            and (one.type, one.key) <> (other.type, other.key)
    group by one.type, one.key, other.type, other.key, one.relation
),

ruled as (
    select
        pairs.*,
        refusals.rule,
        (pairs.other_type, pairs.other_key) in (select (type, "key") from theirs) as is_theirs
    from pairs
    left join refusals
        on
            (pairs.type, pairs.key, pairs.other_type, pairs.other_key)
            in (
                (refusals.type, refusals.key, refusals.other_type, refusals.other_key),
                (refusals.other_type, refusals.other_key, refusals.type, refusals.key)
            )
)

select
    type,
    left("key"::text, 8) as "key",
    other_type,
    left(other_key::text, 8) as other_key,
    relation,
    events,
    file,
    line,
    rule
from ruled
where
    case
        when is_theirs then (type, "key") < (other_type, other_key)
        else relation is not null or rule is not null
    end
order by rule is not null, relation nulls first, type, "key", other_type, other_key
