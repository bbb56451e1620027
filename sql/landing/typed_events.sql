-- purpose: Raw events cast column by column, each with the faults found in it.
-- grain: one row per raw event that is not skipped
-- kind: landing
-- note: a row with any fault is rejected whole; no value is ever guessed or replaced by a default.
with numbered as (
    select
        *,
        exact_number(value) as value_number,
        exact_number(score) as score_number,
        exact_number(wait_s) as wait_s_number,
        exact_number(duration_s) as duration_s_number
    from raw_rows
)

select
    raw_rows.line,
    raw_rows.part,
    raw_rows.event_id,
    timed_rows.occurred_at,
    timed_rows.time_flag,
    coalesce(timed_rows.day, timezone($zone, timed_rows.occurred_at)::date) as local_day,
    raw_rows.kind,
    url_parts.host,
    url_parts.path as page,
    referrers.host as referrer_host,
    raw_rows.channel,
    without_emails(coalesce(raw_rows.utm_source, url_parts.utm_source)) as utm_source,
    without_emails(coalesce(raw_rows.utm_medium, url_parts.utm_medium)) as utm_medium,
    without_emails(coalesce(raw_rows.utm_campaign, url_parts.utm_campaign)) as utm_campaign,
    coalesce(raw_rows.click, url_parts.click) as click,
    try_cast(raw_rows.value_number as decimal(18, 4)) as value,
    case when raw_rows.value is not null then upper(coalesce(raw_rows.currency, $currency)) end
        as currency,
    raw_rows.touchpoint,
    raw_rows.stage,
    raw_rows.user_agent,
    raw_rows.owner,
    raw_rows.score_number::double as score,
    direction_of(raw_rows.direction) as direction,
    boolean_of(raw_rows.answered) as answered,
    raw_rows.wait_s_number::double as wait_s,
    raw_rows.duration_s_number::double as duration_s,
    raw_rows.loss_reason,
    raw_rows.device,
    raw_rows.region,
    raw_rows.product,
    try_cast(raw_rows.sequence as bigint) as sequence,
    raw_rows.attributes,
    told_faults(if(
        raw_rows.fault is not null,
        [fault(raw_rows.fault_column, raw_rows.fault_value, raw_rows.fault)],
        [
            case when raw_rows.kind is null then fault('kind', null, 'missing') end,
            case
                when
                    contains(raw_rows.event_id, '+')
                    and regexp_full_match(raw_rows.event_id, '\d+([.,]\d+)?[eE]\+\d+')
                    then fault('event_id', raw_rows.event_id, 'number damaged by a spreadsheet')
            end,
            time_fault(
                'occurred_at',
                raw_rows.occurred_at,
                timed_rows.occurred_at,
                timed_rows.time_flag,
                $arrived_at
            ),
            number_fault_of('value', raw_rows.value, raw_rows.value_number),
            number_fault_of('score', raw_rows.score, raw_rows.score_number),
            number_fault_of('wait_s', raw_rows.wait_s, raw_rows.wait_s_number),
            number_fault_of('duration_s', raw_rows.duration_s, raw_rows.duration_s_number),
            case
                when raw_rows.sequence is not null and try_cast(raw_rows.sequence as bigint) is null
                    then fault('sequence', raw_rows.sequence, 'not a whole number')
            end,
            case
                when raw_rows.answered is not null and boolean_of(raw_rows.answered) is null
                    then fault('answered', raw_rows.answered, 'neither yes nor no')
            end,
            case
                when
                    raw_rows.value is not null
                    and not list_contains(
                        getvariable('currencies'), upper(coalesce(raw_rows.currency, $currency))
                    )
                    then fault('currency', raw_rows.currency, 'no rate in [currency.rates]')
            end
        ]
    )) as faults
from numbered as raw_rows
inner join timed_rows using (line, part)
left join url_parts using (url)
left join referrers using (referrer)
