-- purpose: Records of the Calltouch calls diary, as raw events.
-- grain: one row per record of the file
-- kind: landing
-- note: the epoch decides the time; earlier attempts of a callback are legs, not calls.
with parsed as (
    select
        line,
        json_transform(record, '{
            "callId": "VARCHAR", "timestamp": "VARCHAR", "date": "VARCHAR", "callTags": "VARCHAR",
            "duration": "VARCHAR", "waitingConnect": "VARCHAR", "callerNumber": "VARCHAR",
            "phoneNumber": "VARCHAR", "successful": "VARCHAR", "callbackCall": "VARCHAR",
            "source": "VARCHAR", "medium": "VARCHAR", "url": "VARCHAR", "callUrl": "VARCHAR",
            "ref": "VARCHAR", "utmSource": "VARCHAR", "utmMedium": "VARCHAR",
            "utmCampaign": "VARCHAR", "sessionId": "VARCHAR", "ctCallerId": "VARCHAR",
            "ctClientId": "VARCHAR", "clientId": "VARCHAR", "yaClientId": "VARCHAR",
            "device": "VARCHAR", "city": "VARCHAR", "manager": "VARCHAR",
            "subPoolName": "VARCHAR"}') as r
    from records
),

tagged as (
    select
        line,
        r,
        coalesce(lower(r.calltags), '') as tags,
        boolean_of(r.callbackcall) is true as is_callback
    from parsed
),

judged as (
    select
        *,
        -- Only where the export marks the last attempts can the earlier ones be told.
        is_callback
        and contains(tags, 'обратный звонок')
        and not contains(tags, 'последний в цепочке')
        and bool_or(is_callback and contains(tags, 'последний в цепочке'))
            over (partition by file_of(line)) as is_leg,
        contains(tags, 'статика')
        or not contains(tags, 'динамика')
        and (lower(known(r.medium)) = 'offline' or r.source = r.phonenumber) is true as is_static,
        call_outcome(
            regexp_matches(tags, '(^|["'',;])\s*(спам|spam)\s*($|["'',;])'),
            false,
            clean(r.successful),
            'missed'
        ) as outcome,
        try_strptime(r.date, ['%d/%m/%Y %H:%M:%S', '%d/%m/%Y %H:%M']) as local_time
    from tagged
),

-- A static number stands for a medium, not for a visit: nothing of the web belongs to its call.
visited as (
    select
        *,
        if(is_static, null, r) as web
    from judged
)

select
    line,
    0 as part,
    case when is_leg then 'leg of a chain' end as skip_reason,
    clean(r.callid) as event_id,
    coalesce(strftime(local_time, '%Y-%m-%d %H:%M:%S'), clean(r.date)) as occurred_at,
    epoch_instant(r.timestamp, 1) as instant,
    'call' as kind,
    coalesce(known(web.callurl), known(web.url)) as url,
    known(web.ref) as referrer,
    coalesce(known(web.utmsource), known(web.source)) as utm_source,
    coalesce(known(web.utmmedium), known(web.medium)) as utm_medium,
    known(web.utmcampaign) as utm_campaign,
    case
        when url_value(web.url, 'gclid') is not null then 'gclid'
        when url_value(web.url, 'yclid') is not null then 'yclid'
    end as click,
    agent_of(outcome) as user_agent,
    known(r.manager) as owner,
    'in' as direction,
    clean(r.successful) as answered,
    unsigned(r.waitingconnect) as wait_s,
    unsigned(r.duration) as duration_s,
    known(r.device) as device,
    known(r.city) as region,
    [
        {'type': 'phone', 'value': regexp_replace(clean(r.callernumber), '^7\d{10}$', '+\0')},
        {'type': 'ct_caller', 'value': known(r.ctcallerid)},
        {'type': 'ct_client_id', 'value': known(web.ctclientid)},
        {'type': 'ga_client_id', 'value': known(web.clientid)},
        {'type': 'ym_client_id', 'value': known(web.yaclientid)},
        {'type': 'session_id', 'value': known(web.sessionid)},
        {'type': 'gclid', 'value': url_value(web.url, 'gclid')},
        {'type': 'yclid', 'value': url_value(web.url, 'yclid')}
    ] as identifiers,
    map_from_entries(list_filter([
        {'key': 'outcome', 'value': outcome},
        {
            'key': 'tracking',
            'value': case
                when is_static then 'static'
                when contains(tags, 'динамика') or known(web.sessionid) is not null then 'dynamic'
            end
        },
        {'key': 'pool', 'value': known(r.subpoolname)}
    ], lambda a: a.value is not null)) as attributes
from visited
