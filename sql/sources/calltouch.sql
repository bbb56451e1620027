-- purpose: Records of the Calltouch calls diary, as raw events.
-- grain: one row per record of the file
-- kind: landing
-- note: the epoch decides the time; of a callback the last attempt is the call, others are legs.
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
    landing_click(web.url) as click,
    agent_of(outcome) as user_agent,
    known(r.manager) as owner,
    'in' as direction,
    clean(r.successful) as answered,
    coalesce(
        case
            when attempts > 1
                then
                    (rung_s + try_cast(coalesce(unsigned(r.waitingconnect), '0') as integer))::text
        end,
        unsigned(r.waitingconnect)
    ) as wait_s,
    unsigned(r.duration) as duration_s,
    known(r.device) as device,
    known(r.city) as region,
    [
        {'type': 'phone', 'value': called_number(r.callernumber)},
        {'type': 'ct_caller', 'value': known(r.ctcallerid)},
        {'type': 'ct_client_id', 'value': known(web.ctclientid)},
        {'type': 'ga_client_id', 'value': known(web.clientid)},
        {'type': 'ym_client_id', 'value': known(web.yaclientid)},
        {'type': 'session_id', 'value': known(web.sessionid)},
        {'type': 'gclid', 'value': url_value(web.url, 'gclid')},
        {'type': 'yclid', 'value': url_value(web.url, 'yclid')}
    ] as identifiers,
    told_attributes([
        {'key': 'outcome', 'value': outcome},
        {'key': 'callback', 'value': if(is_callback, 'true', null)},
        {'key': 'attempts', 'value': attempts::text},
        {
            'key': 'tracking',
            'value': case
                when is_static then 'static'
                when contains(tags, 'динамика') or known(web.sessionid) is not null then 'dynamic'
            end
        },
        {'key': 'pool', 'value': known(r.subpoolname)}
    ]) as attributes
from calltouch_rows
