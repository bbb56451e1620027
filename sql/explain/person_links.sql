-- purpose: Which rows join two identifiers of a person or tell them apart, and which were refused.
-- grain: one row per pair of identifiers, one more where the company says `same`, or `different`
-- kind: explain
-- note: file and line are those of the earliest such row; `rule` says why a link was refused.
with pairs as (
    select
        one.type,
        one.key as "key",
        other.type as other_type,
        other.key as other_key,
        one.relation,
        bool_or(other.is_theirs) as is_theirs,
        count(*) as events,
        arg_min(one.file, (one.occurred_at, one.file, one.line)) as file,
        arg_min(one.line, (one.occurred_at, one.file, one.line)) as line
    from person_rows as one
    inner join person_rows as other
        on
            one.ref = other.ref
            and (one.type, one.key) <> (other.type, other.key)
    where one.is_theirs
    group by one.type, one.key, other.type, other.key, one.relation
),

ruled as (
    select
        pairs.*,
        refusals.rule
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
