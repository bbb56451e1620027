-- purpose: Records of a Yandex Metrica export of visits, their cells decoded.
-- grain: one row per record of the file
-- kind: landing
-- note: an array is NULL where the file has no such column; ids and money are still text.
select
    line,
    skip_reason,
    clean(started_at) as started_at,
    try_cast(clean(started_elsewhere) as timestamp) as started_elsewhere,
    timezone(getvariable('source_zone'), try_cast(clean(started_at) as timestamp)) as started,
    coalesce(try_cast(clean(duration) as bigint), 86400) + 1800 as longest_s,
    unsigned(duration) as duration_s,
    coalesce(
        try_cast(clean(day) as date), try_cast(left(clean(started_at), 10) as date)
    ) as day,
    left(clean(started_at), 4) || '/' || clean(visit_id) as visit,
    unescaped(clean(start_url)) as url,
    unescaped(clean(referer)) as referrer,
    case
        when not speaks_for_itself(start_url)
            then told_source(
                traffic_source, referer, ad_system, search_engine, referring_site,
                social_network, messenger, recommender
            )
    end as told,
    if(speaks_for_itself(start_url), null, unescaped(known(utm_source))) as utm_source,
    if(speaks_for_itself(start_url), null, unescaped(known(utm_medium))) as utm_medium,
    if(speaks_for_itself(start_url), null, unescaped(known(utm_campaign))) as utm_campaign,
    known(gclid) as gclid,
    device_of(device) as device,
    unescaped(known(city)) as region,
    case when clean(robot) = '1' then '(robot)' end as user_agent,
    list_concat(
        [
            {'type': 'ym_client_id', 'value': clean(client_id)},
            {'type': 'visit_id', 'value': clean(visit_id)}
        ],
        named_identifiers(metrica_array(parameters), metrica_array(parameter_values))
    ) as identifiers,
    map_from_entries(
        named_attributes(metrica_array(parameters), metrica_array(parameter_values))
    ) as attributes,
    group_fault([metrica_array(parameters), metrica_array(parameter_values)], 10000)
        as parameters_fault,
    metrica_array(watch_ids) as watch_ids,
    metrica_array(goals) as goals,
    metrica_array(goal_times) as goal_times,
    metrica_array(goal_prices) as goal_prices,
    bare_array(goal_currencies, goals) as goal_currencies,
    metrica_array(goal_orders) as goal_orders,
    metrica_array(purchases) as purchases,
    metrica_array(purchase_times) as purchase_times,
    metrica_array(purchase_revenues) as purchase_revenues,
    metrica_array(purchase_currencies) as purchase_currencies,
    metrica_array(coalesce(line_purchases, old_line_purchases)) as line_purchases,
    metrica_array(coalesce(line_products, old_line_products)) as line_products,
    metrica_array(calls_missed) as calls_missed,
    metrica_array(call_talk_times) as call_talk_times,
    metrica_array(call_hold_times) as call_hold_times,
    metrica_array(call_tags) as call_tags,
    metrica_array(calls_first) as calls_first
from records
