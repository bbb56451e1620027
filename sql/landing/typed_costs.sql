-- purpose: Raw costs cast column by column, each with the faults found in it.
-- grain: one row per raw cost row
-- kind: landing
-- note: a day is a calendar day of the advertising account; no zone moves it.
with typed as (
    select
        line,
        part,
        cost_id,
        case
            when $time_format is null then try_cast(day as date)
            else try_strptime(day, getvariable('time_format'))::date
        end as local_day,
        source_name,
        medium,
        campaign,
        try_cast(exact_number(impressions) as bigint) as impressions,
        try_cast(exact_number(clicks) as bigint) as clicks,
        try_cast(exact_number(cost) as decimal(18, 4)) as cost,
        upper(coalesce(currency, $currency)) as currency,
        day,
        cost as cost_text,
        impressions as impressions_text,
        clicks as clicks_text
    from raw_rows
    where skip_reason is null
)

select
    line,
    part,
    cost_id,
    local_day,
    source_name,
    medium,
    campaign,
    impressions,
    clicks,
    cost,
    currency,
    list_filter([
        case
            when day is null then fault('day', null, 'missing')
            when local_day is null then fault('day', day, 'not a day')
            when
                local_day not between date '1990-01-01' and $arrived_at::date + 366
                then fault('day', day, 'outside 1990 to a year ahead')
        end,
        case when source_name is null then fault('source', null, 'missing') end,
        case when cost_text is null then fault('cost', null, 'missing') end,
        number_fault('cost', cost_text),
        number_fault('impressions', impressions_text),
        number_fault('clicks', clicks_text),
        case
            when not list_contains(getvariable('currencies'), currency)
                then fault('currency', currency, 'no rate in [currency.rates]')
        end
    ], lambda each: each is not null) as faults
from typed
