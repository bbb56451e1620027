-- purpose: Requests that visitors sent through forms, from Calltouch, as raw events.
-- grain: one row per record of the file
-- kind: landing
-- note: the time is an epoch in milliseconds; a visitor writes in their own browser.
with parsed as (
    select
        line,
        json_transform(record, '{
            "requestId": "VARCHAR", "date": "VARCHAR", "subject": "VARCHAR",
            "manager": "VARCHAR", "requestUrl": "VARCHAR", "ctClientId": "VARCHAR",
            "client": {
                "phones": [{"phoneNumber": "VARCHAR"}],
                "contacts": [{"contactValue": "VARCHAR"}]},
            "session": {
                "sessionId": "VARCHAR", "url": "VARCHAR", "ref": "VARCHAR", "source": "VARCHAR",
                "medium": "VARCHAR", "utmSource": "VARCHAR", "utmMedium": "VARCHAR",
                "utmCampaign": "VARCHAR", "guaClientId": "VARCHAR", "yaClientId": "VARCHAR",
                "city": "VARCHAR"}}') as r
    from records
),

visited as (
    select
        line,
        r,
        r.session as web,
        coalesce(r.client.phones, []) as phones,
        list_filter(coalesce(r.client.contacts, []), lambda c: contains(c.contactvalue, '@'))
            as emails
    from parsed
)

select
    line,
    0 as part,
    clean(r.requestid) as event_id,
    clean(r.date) as occurred_at,
    epoch_instant(r.date, 1000) as instant,
    'request' as kind,
    coalesce(known(r.requesturl), known(web.url)) as url,
    known(web.ref) as referrer,
    coalesce(known(web.utmsource), known(web.source)) as utm_source,
    coalesce(known(web.utmmedium), known(web.medium)) as utm_medium,
    known(web.utmcampaign) as utm_campaign,
    landing_click(web.url) as click,
    known(r.manager) as owner,
    'in' as direction,
    known(web.city) as region,
    list_concat(
        [
            {'type': 'ct_client_id', 'value': known(r.ctclientid)},
            {'type': 'ga_client_id', 'value': known(web.guaclientid)},
            {'type': 'ym_client_id', 'value': known(web.yaclientid)},
            {'type': 'session_id', 'value': known(web.sessionid)},
            {'type': 'gclid', 'value': url_value(web.url, 'gclid')},
            {'type': 'yclid', 'value': url_value(web.url, 'yclid')}
        ],
        list_transform(phones, lambda p: {'type': 'phone', 'value': called_number(p.phonenumber)}),
        list_transform(emails, lambda e: {'type': 'email', 'value': clean(e.contactvalue)})
    ) as identifiers,
    told_attributes([
        {'key': 'subject', 'value': known(r.subject)}
    ]) as attributes
from visited
