-- purpose: Records of a Yandex Metrica export of hits, their cells decoded.
-- grain: one row per record of the file
-- kind: landing
-- note: the first hit of a visit in the file is its entry; of goals only named ones are kept.
with decoded as (
    select
        line,
        skip_reason,
        clean(watch_id) as id,
        id_fault(watch_id) as id_fault,
        id_of(watch_id) as watch_id,
        id_of(visit_id) as visit_id,
        clean(client_id) as client_id,
        is_header(watch_id, client_id, happened_at) as is_header,
        clean(happened_at) as happened_at,
        coalesce(
            try_cast(clean(day) as date), try_cast(left(clean(happened_at), 10) as date)
        ) as day,
        unescaped(clean(address)) as url,
        unescaped(clean(referer)) as referrer,
        row_number() over (
            partition by file_of(line), id_of(visit_id) order by clean(happened_at), line
        ) = 1
        and id_of(visit_id) is not null
        -- The part of a visit after midnight stands in the next day's file.
        and not coalesce(host_of(clean(referer)) = host_of(clean(address)), false)
        and not speaks_for_itself(address) as is_entry,
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
        list_transform(
            [parameters, parameter_values, parameter_depths, goals], lambda c: metrica_array(c)
        ) as lists
    from records
),

named as (
    select
        * exclude (lists),
        lists[1] as parameters,
        flat_values(lists[1], lists[2], nullif(lists[3], [])) as flat,
        group_fault([lists[1], lists[2], nullif(lists[3], [])], 10000) as parameters_fault,
        lists[4] as all_goals
    from decoded
)

select
    *,
    list_filter(all_goals, lambda g: list_contains(getvariable('goal_ids'), g)) as goals,
    goals_fault(all_goals, []::text[][]) as goals_fault,
    list_concat(
        [
            {'type': 'ym_client_id', 'value': client_id},
            {'type': 'visit_id', 'value': visit_id},
            {'type': 'watch_id', 'value': if(visit_id is null, watch_id, null)},
            {'type': 'gclid', 'value': gclid}
        ],
        named_identifiers(parameters, flat)
    ) as identifiers,
    named_attributes(parameters, flat) as attributes
from named
