-- purpose: The columns that a format's SQL may give for an answer; those it leaves out are empty.
-- grain: no row
-- kind: landing
-- note: all of it text, for landing to cast.
select
    null::bigint as line,
    null::integer as part,
    null::text as skip_reason,
    null::text as url,
    null::text as feedback_id,
    null::text as occurred_at,
    null::timestamptz as instant,
    null::date as day,
    null::text as kind,
    null::text as question,
    null::text as score,
    null::text as scale_min,
    null::text as scale_max,
    null::text as higher_is_better,
    null::text as touchpoint,
    null::text as respondent,
    []::struct(type text, value text)[] as identifiers
where false
