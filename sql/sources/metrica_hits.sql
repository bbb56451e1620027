-- purpose: Hits of a Yandex Metrica export, as raw events.
-- grain: one row per record of the file
-- kind: landing
-- note: where a visit came from is read at its entry; the hits after it only repeat it.
select
    line,
    0 as part,
    skip_reason,
    watch_id as event_id,
    happened_at as occurred_at,
    day,
    kind,
    url,
    referrer,
    case when is_entry then told.source end as utm_source,
    case when is_entry then told.medium end as utm_medium,
    case when is_entry and gclid is not null then 'gclid' end as click,
    device,
    region,
    identifiers,
    attributes,
    if(id_fault is null, 'dateTime', 'watchID') as fault_column,
    if(id_fault is null, happened_at, id) as fault_value,
    coalesce(id_fault, case when not is_moment(happened_at) then 'not a time' end) as fault
from metrica_hit_rows
