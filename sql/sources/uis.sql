-- purpose: Calls of UIS (CoMagic), from its calls report, as raw events.
-- grain: one row per record of the file
-- kind: landing
-- note: what belongs to a visit is read only where the call came from one.
with parsed as (
    select
        line,
        json_transform(record, '{
            "id": "VARCHAR", "start_time": "VARCHAR", "direction": "VARCHAR",
            "is_lost": "VARCHAR", "finish_reason": "VARCHAR", "voice_mail_records": "VARCHAR",
            "source": "VARCHAR", "communication_type": "VARCHAR",
            "contact_phone_number": "VARCHAR", "person_id": "VARCHAR",
            "wait_duration": "VARCHAR", "total_wait_duration": "VARCHAR",
            "talk_duration": "VARCHAR", "lost_call_processing_duration": "VARCHAR",
            "first_answered_employee_full_name": "VARCHAR",
            "last_answered_employee_full_name": "VARCHAR", "campaign_name": "VARCHAR",
            "visitor_id": "VARCHAR", "visitor_session_id": "VARCHAR", "ua_client_id": "VARCHAR",
            "ym_client_id": "VARCHAR", "gclid": "VARCHAR", "yclid": "VARCHAR",
            "ymclid": "VARCHAR", "communication_page_url": "VARCHAR",
            "entrance_page": "VARCHAR", "referrer": "VARCHAR", "utm_source": "VARCHAR",
            "utm_medium": "VARCHAR", "utm_campaign": "VARCHAR", "visitor_device": "VARCHAR",
            "visitor_city": "VARCHAR"}') as r
    from records
),

judged as (
    select
        line,
        r,
        direction_of(coalesce(clean(r.direction), 'in')) as direction,
        lower(known(r.source)) as way,
        case
            when way in ('dynamic_call_tracking', 'simple_dt') then 'dynamic'
            when way = 'call_tracking' then 'static'
            when way is null and known(r.visitor_session_id) is not null then 'dynamic'
        end as tracking,
        list_contains(
            ['callback', 'sitephone', 'lead', 'auto_back_call', 'auto_back_call_by_lost_call'], way
        ) as is_callback,
        coalesce((not boolean_of(clean(r.is_lost)))::text, clean(r.is_lost)) as answered,
        lower(known(r.finish_reason)) as reason,
        -- A message that was left is no talk.
        coalesce(clean(r.voice_mail_records), '[]') <> '[]'
        and coalesce(try_cast(clean(r.talk_duration) as double), 0) = 0 as is_message
    from parsed
),

-- From a number lent to a visit, or ordered on the website itself.
visited as (
    select
        *,
        call_outcome(
            list_contains(['numa_in_black_list', 'numa_in_spam_list'], reason),
            is_message,
            answered,
            uis_unanswered(reason, direction)
        ) as outcome,
        if(tracking = 'dynamic' or way in ('sitephone', 'consultant', 'lead'), r, null) as web
    from judged
)

select
    line,
    0 as part,
    case
        when lower(coalesce(known(r.communication_type), 'call')) <> 'call' then 'not a call'
    end as skip_reason,
    clean(r.id) as event_id,
    clean(r.start_time) as occurred_at,
    if(direction = 'out', 'call_out', 'call') as kind,
    coalesce(known(web.communication_page_url), known(web.entrance_page)) as url,
    known(web.referrer) as referrer,
    coalesce(known(web.utm_source), url_value(web.entrance_page, 'utm_source')) as utm_source,
    coalesce(known(web.utm_medium), url_value(web.entrance_page, 'utm_medium')) as utm_medium,
    coalesce(known(web.utm_campaign), url_value(web.entrance_page, 'utm_campaign'))
        as utm_campaign,
    case
        when known(web.gclid) is not null then 'gclid'
        when known(web.yclid) is not null then 'yclid'
        when known(web.ymclid) is not null then 'ymclid'
    end as click,
    agent_of(outcome) as user_agent,
    coalesce(
        known(r.first_answered_employee_full_name), known(r.last_answered_employee_full_name)
    ) as owner,
    direction,
    if(is_message, 'false', answered) as answered,
    coalesce(unsigned(r.wait_duration), unsigned(r.total_wait_duration)) as wait_s,
    unsigned(r.talk_duration) as duration_s,
    known(web.visitor_device) as device,
    known(web.visitor_city) as region,
    [
        {'type': 'phone', 'value': called_number(r.contact_phone_number)},
        {'type': 'uis_person', 'value': known(web.person_id)},
        {'type': 'uis_visitor', 'value': known(web.visitor_id)},
        {'type': 'session_id', 'value': known(web.visitor_session_id)},
        {'type': 'ga_client_id', 'value': known(web.ua_client_id)},
        {'type': 'ym_client_id', 'value': known(web.ym_client_id)},
        {'type': 'gclid', 'value': known(web.gclid)},
        {'type': 'yclid', 'value': known(web.yclid)},
        {'type': 'ymclid', 'value': known(web.ymclid)}
    ] as identifiers,
    told_attributes([
        {'key': 'outcome', 'value': outcome},
        {'key': 'tracking', 'value': tracking},
        {'key': 'callback', 'value': if(is_callback, 'true', null)},
        {'key': 'campaign', 'value': known(r.campaign_name)},
        {'key': 'reason', 'value': reason},
        {'key': 'processed_after_s', 'value': unsigned(r.lost_call_processing_duration)}
    ]) as attributes
from visited
