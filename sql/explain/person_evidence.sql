-- purpose: The identifiers of a person, when and where each was first seen.
-- grain: one row per identifier
-- kind: explain
-- note: identifiers are shown by the beginning of their keys; what they are stands in the exports.
select
    type,
    left("key"::text, 8) as "key",
    count(*) filter (relation is null) as events,
    min(occurred_at) as first_seen_at,
    arg_min(file, (occurred_at, file, line)) as file,
    arg_min(line, (occurred_at, file, line)) as line,
    bool_or(is_disputed) as is_disputed
from person_rows
where is_theirs
group by type, person_rows.key
order by first_seen_at, type, person_rows.key
