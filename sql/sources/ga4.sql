-- purpose: Rows of a GA4 BigQuery export, as raw events.
-- grain: one row per record of the file
-- kind: landing
-- note: numbers may be JSON text and nulls may be absent; GA4's own attribution is not read.
with parsed as (
    select
        line,
        json_type(record, ['$.user_pseudo_id', '$.event_params']) as types,
        json_transform(record, '{
            "event_date": "VARCHAR", "event_timestamp": "VARCHAR", "event_name": "VARCHAR",
            "event_params": [{"key": "VARCHAR", "value": {
                "string_value": "VARCHAR", "int_value": "VARCHAR",
                "float_value": "VARCHAR", "double_value": "VARCHAR"}}],
            "event_bundle_sequence_id": "VARCHAR", "stream_id": "VARCHAR", "platform": "VARCHAR",
            "user_id": "VARCHAR", "user_pseudo_id": "VARCHAR",
            "device": {"category": "VARCHAR"}, "geo": {"city": "VARCHAR", "region": "VARCHAR"},
            "ecommerce": {"transaction_id": "VARCHAR", "purchase_revenue": "VARCHAR",
                "refund_value": "VARCHAR"},
            "items": [{"item_name": "VARCHAR"}],
            "collected_traffic_source": {"manual_source": "VARCHAR", "manual_medium": "VARCHAR",
                "manual_campaign_name": "VARCHAR", "gclid": "VARCHAR", "dclid": "VARCHAR",
                "srsltid": "VARCHAR"},
            "batch_page_id": "VARCHAR", "batch_ordering_id": "VARCHAR",
            "batch_event_index": "VARCHAR"}') as r
    from records
),

told as (
    select
        line,
        r,
        types[1] = 'DOUBLE' as has_lost_digits,
        types[2] not in ('ARRAY', 'NULL') as is_otherwise_nested,
        clean(r.event_name) as kind,
        r.collected_traffic_source as collected,
        upper(coalesce(r.platform, 'WEB')) = 'WEB' as is_web,
        try_strptime(r.event_date, ['%Y%m%d', '%Y-%m-%d'])::date as day,
        ga4_params(r.event_params) as params
    from parsed
),

named as (
    select
        *,
        known(ga4_param(params, 'page_location')) as url,
        coalesce(ga4_param(params, 'ignore_referrer'), '') = 'true' as ignores_referrer,
        coalesce(known(collected.gclid), known(ga4_param(params, 'gclid'))) as gclid,
        known(collected.dclid) as dclid,
        known(collected.srsltid) as srsltid,
        coalesce(known(r.ecommerce.transaction_id), known(ga4_param(params, 'transaction_id')))
            as order_id
    from told
),

arrived as (
    select
        *,
        -- Exports before 2023 tell an arrival by parameters alone; the address, where it tells, is
        -- nearer to the truth than they are.
        coalesce(
            collected.manual_source, collected.manual_medium, collected.manual_campaign_name,
            collected.gclid, collected.dclid, collected.srsltid
        ) is null
        and not coalesce(regexp_matches(url, '[?&#]utm_(source|medium|campaign)=', 'i'), false)
            as by_params
    from named
)

select
    line,
    0 as part,
    keyed_id(to_json([
        r.stream_id, r.user_pseudo_id, kind, r.event_timestamp, r.event_bundle_sequence_id,
        r.batch_page_id, r.batch_ordering_id, r.batch_event_index, to_json(params)::text
    ])::text) as event_id,
    clean(r.event_timestamp) as occurred_at,
    epoch_instant(r.event_timestamp, 1000000) as instant,
    day,
    kind,
    url,
    if(ignores_referrer, null, known(ga4_param(params, 'page_referrer'))) as referrer,
    known(if(by_params, ga4_param(params, 'source'), collected.manual_source)) as utm_source,
    known(if(by_params, ga4_param(params, 'medium'), collected.manual_medium)) as utm_medium,
    known(if(by_params, ga4_param(params, 'campaign'), collected.manual_campaign_name))
        as utm_campaign,
    -- Of paid clicks that GA4 files under organic the address alone tells, behind another id maybe.
    case
        when gclid is not null or regexp_matches(url, '[?&#]gclid=[^&#]', 'i') then 'gclid'
        when dclid is not null then 'dclid'
        when srsltid is not null then 'srsltid'
    end as click,
    decimal_text(ga4_amount(kind, r.ecommerce, ga4_param(params, 'value'))) as value,
    known(ga4_param(params, 'currency')) as currency,
    case when kind = 'screen_view' then known(ga4_param(params, 'firebase_screen')) end
        as touchpoint,
    known(r.device.category) as device,
    coalesce(known(r.geo.city), known(r.geo.region)) as region,
    case when kind = 'purchase' then ga4_only_name(r.items) end as product,
    ga4_sequence(r.batch_page_id, r.batch_ordering_id, r.batch_event_index) as sequence,
    [
        {'type': if(is_web, 'ga_client_id', 'device_id'), 'value': known(r.user_pseudo_id)},
        {'type': 'user_id', 'value': known(r.user_id)},
        {'type': 'order_id', 'value': order_id},
        {'type': 'gclid', 'value': gclid},
        {'type': 'dclid', 'value': dclid},
        {'type': 'srsltid', 'value': srsltid}
    ] as identifiers,
    case
        when day is null then 'event_date'
        when is_otherwise_nested then 'event_params'
        when has_lost_digits then 'user_pseudo_id'
    end as fault_column,
    case
        when clean(r.event_date) is null then 'missing'
        when day is null then 'not a day'
        when is_otherwise_nested then 'not a list'
        when has_lost_digits then 'a number, which loses digits; export it as text'
    end as fault
from arrived
