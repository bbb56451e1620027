-- purpose: The columns that a format's SQL may give for a cost; those it leaves out are empty.
-- grain: no row
-- kind: landing
-- note: all text; `label` is the first cell of the row, `in_micros` what its column says of money.
select
    null::bigint as line,
    0 as part,
    null::text as skip_reason,
    null::text as label,
    null::text as cost_id,
    null::text as day,
    null::text as date_from,
    null::text as date_to,
    null::text as source_name,
    null::text as medium,
    null::text as campaign,
    null::text as impressions,
    null::text as clicks,
    null::text as cost,
    null::boolean as in_micros,
    null::text as currency,
    null::text as url,
    []::struct(type text, value text)[] as identifiers
where false
