-- purpose: Raw costs cast column by column, each with the faults found in it.
-- grain: one row per raw cost row
-- kind: landing
-- note: a day is a calendar day of the advertising account, no zone moves it; VAT is taken out.
with typed as (
    select
        line,
        part,
        cost_id,
        first_day as local_day,
        last_day,
        source_name,
        medium,
        campaign,
        try_cast(exact_impressions as bigint) as impressions,
        try_cast(exact_clicks as bigint) as clicks,
        -- In ten-thousandths, in which the last one is rounded once.
        try_cast(quotient(
            (exact_cost * if(in_micros, 1, 1000000))::hugeint * 100, getvariable('with_vat')
        ) as decimal(22, 0)) * 0.0001 as cost,
        upper(coalesce(currency, $currency)) as currency,
        case
            when is_dayless then [fault('day', null, 'missing')]
            when day is not null and len(ends) <> 2 then [fault('day', day, 'not a day')]
            when day is not null
                then [
                    day_fault('day', ends[1], first_day, $arrived_at::date + 366),
                    day_fault('day', ends[2], last_day, $arrived_at::date + 366)
                ]
            else [
                day_fault('date_from', date_from, first_day, $arrived_at::date + 366),
                day_fault('date_to', date_to, last_day, $arrived_at::date + 366)
            ]
        end as day_faults,
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
    last_day,
    source_name,
    medium,
    campaign,
    impressions,
    clicks,
    try_cast(cost as decimal(18, 4)) as cost,
    currency,
    told_faults(list_concat(day_faults, [
        case
            when last_day < local_day then fault('day', null, 'a range that ends before it begins')
            when last_day - local_day > 365
                then fault('day', null, 'a range of more than 366 days')
            when last_day > local_day and cost_id is not null
                then fault('cost_id', cost_id, 'a range of days cannot have an id')
        end,
        case when source_name is null then fault('source', null, 'missing') end,
        case when cost_text is null then fault('cost', null, 'missing') end,
        number_fault('cost', cost_text),
        number_fault('impressions', impressions_text),
        number_fault('clicks', clicks_text),
        whole_fault('impressions', impressions_text),
        whole_fault('clicks', clicks_text),
        case
            when not list_contains(getvariable('currencies'), currency)
                then fault('currency', currency, 'no rate in [currency.rates]')
        end
    ])) as faults
from typed
