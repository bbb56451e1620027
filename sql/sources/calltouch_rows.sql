-- purpose: Records of the Calltouch calls diary, with what its tags say and its place in a chain.
-- grain: one row per record of the file
-- kind: landing
-- note: attempts of one callback are counted within their file; its last tells that it is.
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
        boolean_of(r.callbackcall) is true as is_callback,
        is_callback and contains(tags, 'последний в цепочке') as is_last,
        try_strptime(r.date, ['%d/%m/%Y %H:%M:%S', '%d/%m/%Y %H:%M']) as local_time,
        epoch(coalesce(epoch_instant(r.timestamp, 1), local_time::timestamptz))::bigint as at_s
    from parsed
),

judged as (
    select
        *,
        -- By itself, whatever stands beside it: the last attempt may be in another file.
        is_callback
        and contains(tags, 'обратный звонок')
        and not is_last
        and not coalesce(boolean_of(clean(r.successful)), false) as is_leg,
        contains(tags, 'статика')
        or not contains(tags, 'динамика')
        and (lower(known(r.medium)) = 'offline' or r.source = r.phonenumber) is true as is_static,
        call_outcome(
            regexp_matches(tags, '(^|["'',;])\s*(спам|spam)\s*($|["'',;])'),
            false,
            clean(r.successful),
            'missed'
        ) as outcome
    from tagged
),

numbered as (
    select
        *,
        -- A static number stands for a medium, not for a visit: nothing of the web is its call's.
        if(is_static, null, r) as web,
        count(*) filter (not is_leg) over (
            partition by file_of(line), coalesce(r.callernumber, line::text), is_callback
            order by at_s, line
            rows between unbounded preceding and 1 preceding
        ) as chain
    from judged
)

select
    *,
    -- After a day without a last attempt another request was made.
    if(is_last, count(*) over in_chain, null) as attempts,
    if(is_last, at_s - min(at_s) over in_chain, null) as rung_s
from numbered
window in_chain as (
    partition by file_of(line), coalesce(r.callernumber, line::text), is_callback, chain
    order by at_s
    range between 86400 preceding and current row
)
