-- purpose: Which rows show two identifiers of a person together, and which links were refused.
-- grain: one row per pair of identifiers
-- kind: explain
-- note: file and line are those of the earliest such row; `rule` says why a link was refused.
with theirs as (
    select type, "key"
    from person_identifiers
    where person_id = $person_id
),

carried as (
    select
        landed_identifiers.ref,
        landed_identifiers.type,
        landed_identifiers.key as "key",
        landed_events.occurred_at,
        ledger.file,
        landed_events.line
    from landed_identifiers
    semi join current_rows using (ref)
    inner join landed_events using (ref)
    inner join ledger using (file_id)
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
    group by one.type, one.key, other.type, other.key
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
    events,
    file,
    line,
    rule
from ruled
where not is_theirs or (type, "key") < (other_type, other_key)
order by rule is not null, type, "key", other_type, other_key
