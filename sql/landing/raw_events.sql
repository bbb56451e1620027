-- purpose: The columns that a format's SQL may give for an event; those it leaves out are empty.
-- grain: no row
-- kind: landing
-- note: all text but for the moment, and the day an export files it under.
select
    null::bigint as line,
    null::integer as part,
    null::text as skip_reason,
    null::text as event_id,
    null::text as occurred_at,
    null::timestamptz as instant,
    null::date as day,
    null::text as kind,
    null::text as url,
    null::text as referrer,
    null::text as channel,
    null::text as utm_source,
    null::text as utm_medium,
    null::text as utm_campaign,
    null::text as click,
    null::text as value,
    null::text as currency,
    null::text as touchpoint,
    null::text as stage,
    null::text as user_agent,
    null::text as owner,
    null::text as score,
    null::text as direction,
    null::text as answered,
    null::text as wait_s,
    null::text as duration_s,
    null::text as loss_reason,
    null::text as device,
    null::text as region,
    null::text as product,
    null::text as sequence,
    []::struct(type text, value text)[] as identifiers,
    map_from_entries([]::struct(key text, value text)[]) as attributes
where false
