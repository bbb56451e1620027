-- purpose: Records of a table whose columns are mapped in the settings, as raw events.
-- grain: one row per record of the file
-- kind: landing
-- note: everything is still text here, nothing is cast; click ids are among the identifiers.
select
    line,
    0 as part,
    skip_reason,
    clean(event_id) as event_id,
    clean(occurred_at) as occurred_at,
    clean(kind) as kind,
    clean(url) as url,
    clean(referrer) as referrer,
    clean(channel) as channel,
    clean(utm_source) as utm_source,
    clean(utm_medium) as utm_medium,
    clean(utm_campaign) as utm_campaign,
    case
        when clean(gclid) is not null then 'gclid'
        when clean(yclid) is not null then 'yclid'
    end as click,
    clean(value) as value,
    clean(currency) as currency,
    clean(touchpoint) as touchpoint,
    clean(stage) as stage,
    clean(user_agent) as user_agent,
    clean(owner) as owner,
    clean(score) as score,
    clean(direction) as direction,
    clean(answered) as answered,
    clean(wait_s) as wait_s,
    clean(duration_s) as duration_s,
    clean(loss_reason) as loss_reason,
    clean(device) as device,
    clean(region) as region,
    clean(product) as product,
    clean(sequence) as sequence,
    identifiers,
    map_from_entries(list_filter(map_entries(attributes), lambda a: clean(a.value) is not null))
        as attributes
from records
