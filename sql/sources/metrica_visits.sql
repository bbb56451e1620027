-- purpose: Visits of a Yandex Metrica export, as raw events.
-- grain: one row per record of the file
-- kind: landing
-- note: only what a visit itself came from is read, never what looks back to visits before.
select
    line,
    0 as part,
    skip_reason,
    visit as event_id,
    started_at as occurred_at,
    day,
    'visit' as kind,
    url,
    referrer,
    coalesce(utm_source, told.source) as utm_source,
    coalesce(utm_medium, told.medium) as utm_medium,
    utm_campaign,
    click,
    first_folder(path_of(url)) as touchpoint,
    user_agent,
    duration_s,
    device,
    region,
    '0' as sequence,
    list_concat(
        identifiers,
        [{'type': 'gclid', 'value': gclid}],
        list_transform(
            coalesce(watch_ids, []), lambda w: {'type': 'watch_id', 'value': clean(w)}
        )
    ) as identifiers,
    attributes,
    if(id_fault is null, 'dateTime', 'visitID') as fault_column,
    if(id_fault is null, started_at, id) as fault_value,
    coalesce(id_fault, case when not is_moment(started_at) then 'not a time' end) as fault
from metrica_rows
