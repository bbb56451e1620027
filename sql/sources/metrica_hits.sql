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
    case when gclid is not null then 'gclid' end as click,
    device,
    region,
    identifiers,
    attributes
from metrica_hit_rows
