-- purpose: Records of a Yandex Metrica export of visits, their cells decoded.
-- grain: one row per record of the file
-- kind: landing
-- note: an array is NULL where the file has no such column; ids and money are still text.
-- Many cells are decoded by one expression, since DuckDB plans every spelling of it anew.
with decoded as (
    select
        *,
        speaks_for_itself(start_url) as speaks,
        list_transform(
            [
                parameters, parameter_values, parameter_depths, watch_ids,
                goals, goal_times, goal_prices, goal_currencies, goal_orders,
                purchases, purchase_times, purchase_revenues, purchase_currencies,
                -- An export that asks for both generations of fields fills one of them.
                coalesce(nullif(clean(line_purchases), '[]'), old_line_purchases, line_purchases),
                coalesce(nullif(clean(line_products), '[]'), old_line_products, line_products),
                calls_missed, call_talk_times, call_hold_times, call_tags, calls_first
            ],
            lambda c: metrica_array(c)
        ) as lists
    from records
),

named as (
    select
        * exclude (lists) replace (
            lists[1] as parameters,
            lists[2] as parameter_values,
            nullif(lists[3], []) as parameter_depths,
            lists[4] as watch_ids,
            lists[5] as goals,
            lists[6] as goal_times,
            lists[7] as goal_prices,
            -- Without quotes, one empty text looks like none at all.
            if(lists[8] = [] and len(lists[5]) = 1, [''], lists[8]) as goal_currencies,
            lists[9] as goal_orders,
            lists[10] as purchases,
            lists[11] as purchase_times,
            lists[12] as purchase_revenues,
            lists[13] as purchase_currencies,
            lists[14] as line_purchases,
            lists[15] as line_products,
            lists[16] as calls_missed,
            lists[17] as call_talk_times,
            lists[18] as call_hold_times,
            lists[19] as call_tags,
            lists[20] as calls_first
        ),
        flat_values(lists[1], lists[2], nullif(lists[3], [])) as flat
    from decoded
)

select
    line,
    skip_reason,
    clean(started_at) as started_at,
    try_cast(clean(started_elsewhere) as timestamp) as started_elsewhere,
    timezone(getvariable('source_zone'), try_cast(clean(started_at) as timestamp)) as started,
    least(coalesce(try_cast(unsigned(duration) as bigint), 86400), 8640000) + 1800 as longest_s,
    unsigned(duration) as duration_s,
    coalesce(
        try_cast(clean(day) as date), try_cast(left(clean(started_at), 10) as date)
    ) as day,
    left(clean(started_at), 4) || '/' || id_of(visit_id) as visit,
    clean(visit_id) as id,
    is_header(visit_id, client_id, started_at) as is_header,
    id_fault(visit_id) as id_fault,
    unescaped(clean(start_url)) as url,
    unescaped(clean(referer)) as referrer,
    case
        when not speaks
            then told_source(
                traffic_source, referer, ad_system, search_engine, referring_site,
                social_network, messenger, recommender
            )
    end as told,
    if(speaks, null, unescaped(known(utm_source))) as utm_source,
    if(speaks, null, unescaped(known(utm_medium))) as utm_medium,
    if(speaks, null, unescaped(known(utm_campaign))) as utm_campaign,
    if(speaks, null, if(known(gclid) is null, null, 'gclid')) as click,
    known(gclid) as gclid,
    device_of(device) as device,
    unescaped(known(city)) as region,
    case when clean(robot) = '1' then '(robot)' end as user_agent,
    list_concat(
        [
            {'type': 'ym_client_id', 'value': clean(client_id)},
            {'type': 'visit_id', 'value': id_of(visit_id)}
        ],
        named_identifiers(parameters, flat)
    ) as identifiers,
    named_attributes(parameters, flat) as attributes,
    group_fault([parameters, parameter_values, parameter_depths], 10000) as parameters_fault,
    goals_fault(goals, [goal_times, goal_prices, goal_currencies, goal_orders]) as goals_fault,
    watch_ids,
    goals,
    goal_times,
    goal_prices,
    goal_currencies,
    goal_orders,
    purchases,
    purchase_times,
    purchase_revenues,
    purchase_currencies,
    line_purchases,
    line_products,
    calls_missed,
    call_talk_times,
    call_hold_times,
    call_tags,
    calls_first
from named
