-- purpose: Records of a Yandex Metrica export of hits, their cells decoded.
-- grain: one row per record of the file
-- kind: landing
-- note: the first hit of a visit in the file is its entry; of goals only named ones are kept.
with decoded as (
    select
        line,
        skip_reason,
        clean(watch_id) as watch_id,
        nullif(clean(visit_id), '0') as visit_id,
        clean(client_id) as client_id,
        clean(happened_at) as happened_at,
        coalesce(
            try_cast(clean(day) as date), try_cast(left(clean(happened_at), 10) as date)
        ) as day,
        unescaped(clean(address)) as url,
        unescaped(clean(referer)) as referrer,
        not speaks_for_itself(address)
        -- A visit that began in another file goes on here from a page of the site.
        and coalesce(
            host_of(unescaped(clean(referer))) <> host_of(unescaped(clean(address))), true
        )
        and row_number() over (
            partition by file_of(line), clean(visit_id) order by clean(happened_at), line
        ) = 1
        and nullif(clean(visit_id), '0') is not null as is_entry,
        told_source(
            traffic_source, referer, ad_system, search_engine, null, social_network, messenger,
            recommender
        ) as told,
        case
            when clean(page_view) = '1' then 'page_view'
            when clean(download) = '1' then 'file_download'
            when clean(link) = '1' then 'link_click'
            when clean(not_bounce) = '1' then 'not_bounce'
            else 'event'
        end as kind,
        device_of(device) as device,
        unescaped(known(city)) as region,
        known(gclid) as gclid,
        metrica_array(parameters) as parameters,
        metrica_array(parameter_values) as parameter_values,
        metrica_array(goals) as all_goals
    from records
)

select
    *,
    list_filter(all_goals, lambda g: list_contains(getvariable('goal_ids'), g)) as goals,
    list_concat(
        [
            {'type': 'ym_client_id', 'value': client_id},
            {'type': 'visit_id', 'value': visit_id},
            {'type': 'watch_id', 'value': if(visit_id is null, watch_id, null)},
            {'type': 'gclid', 'value': gclid}
        ],
        named_identifiers(parameters, parameter_values)
    ) as identifiers,
    map_from_entries(named_attributes(parameters, parameter_values)) as attributes
from decoded
