-- purpose: CallRail calls, as raw events.
-- grain: one row per record of the file
-- kind: landing
-- note: campaign fields are read for calls of website visitors only, and at the last touch if told.
with parsed as (
    select
        line,
        json_transform(record, '{
            "id": "VARCHAR", "start_time": "VARCHAR", "direction": "VARCHAR",
            "answered": "VARCHAR", "voicemail": "VARCHAR", "duration": "VARCHAR",
            "call_type": "VARCHAR", "spam": "VARCHAR",
            "customer_phone_number": "VARCHAR", "person_id": "VARCHAR", "ga": "VARCHAR",
            "gclid": "VARCHAR", "msclkid": "VARCHAR", "fbclid": "VARCHAR",
            "utm_source": "VARCHAR", "utm_medium": "VARCHAR", "utm_campaign": "VARCHAR",
            "landing_page_url": "VARCHAR", "last_requested_url": "VARCHAR",
            "referring_url": "VARCHAR", "session_uuid": "VARCHAR", "device_type": "VARCHAR",
            "source_name": "VARCHAR",
            "milestones": {"last_touch": {"landing": "VARCHAR", "referrer": "VARCHAR"}}}') as r
    from records
),

judged as (
    select
        line,
        r,
        direction_of(clean(r.direction)) = 'out' as is_outbound,
        coalesce(
            known(r.ga), known(r.landing_page_url), known(r.last_requested_url),
            known(r.referring_url), known(r.session_uuid), known(r.gclid), known(r.msclkid),
            known(r.fbclid)
        ) is not null as is_visit,
        known(r.milestones.last_touch.landing) is not null as is_last_touch,
        call_outcome(
            boolean_of(clean(r.spam)),
            boolean_of(clean(r.voicemail)),
            clean(r.answered),
            if(lower(clean(r.call_type)) = 'abandoned', 'abandoned', 'missed')
        ) as outcome
    from parsed
)

select
    line,
    0 as part,
    clean(r.id) as event_id,
    clean(r.start_time) as occurred_at,
    if(is_outbound, 'call_out', 'call') as kind,
    coalesce(known(r.milestones.last_touch.landing), known(r.landing_page_url)) as url,
    if(is_last_touch, known(r.milestones.last_touch.referrer), known(r.referring_url)) as referrer,
    if(is_visit and not is_last_touch, known(r.utm_source), null) as utm_source,
    if(is_visit and not is_last_touch, known(r.utm_medium), null) as utm_medium,
    if(is_visit and not is_last_touch, known(r.utm_campaign), null) as utm_campaign,
    agent_of(outcome) as user_agent,
    coalesce(clean(r.direction), 'in') as direction,
    case when boolean_of(r.voicemail) is true then 'false' else clean(r.answered) end as answered,
    unsigned(r.duration) as duration_s,
    known(r.device_type) as device,
    [
        {'type': 'phone', 'value': clean(r.customer_phone_number)},
        {'type': 'callrail_person', 'value': known(r.person_id)},
        {'type': 'ga_client_id', 'value': known(r.ga)},
        {'type': 'gclid', 'value': known(r.gclid)},
        {'type': 'msclkid', 'value': known(r.msclkid)},
        {'type': 'fbclid', 'value': known(r.fbclid)}
    ] as identifiers,
    told_attributes([
        {'key': 'outcome', 'value': outcome},
        {'key': 'tracker', 'value': known(r.source_name)},
        -- A browser is named because a number of the pool was lent to it.
        {'key': 'tracking', 'value': case when known(r.ga) is not null then 'dynamic' end},
        {'key': 'voicemail', 'value': case when boolean_of(r.voicemail) is true then 'true' end}
    ]) as attributes
from judged
