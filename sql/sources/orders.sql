-- purpose: Orders of a shop whose columns are mapped in the settings, as raw events.
-- grain: one row per record of the file
-- kind: landing
-- note: an order counts by how it stands now; one that is void is nobody's conversion.
with judged as (
    select
        *,
        order_state(status) as state,
        exact_number(clean(total)) - coalesce(exact_number(clean(refunded)), 0) as net
    from records
),

settled as (
    select
        *,
        case
            when clean(cancelled_at) is not null or state = 'cancelled' then 'order_cancelled'
            when state = 'refunded' then 'order_refunded'
            when state = 'paid' and clean(refunded) is not null and net <= 0 then 'order_refunded'
            when state = 'paid' then 'purchase'
            when state = 'open' then 'order_placed'
        end as kind
    from judged
)

select
    line,
    0 as part,
    coalesce(
        skip_reason,
        case when boolean_of(clean(is_test)) or state = 'test' then 'test order' end
    ) as skip_reason,
    clean(order_id) as event_id,
    clean(ordered_at) as occurred_at,
    kind,
    clean(channel) as channel,
    clean(utm_source) as utm_source,
    clean(utm_medium) as utm_medium,
    clean(utm_campaign) as utm_campaign,
    if(
        clean(refunded) is null or net is null,
        clean(total),
        replace(net::text, '.', getvariable('decimal'))
    ) as value,
    clean(currency) as currency,
    clean(product) as product,
    clean(region) as region,
    clean(owner) as owner,
    list_concat(identifiers, [{'type': 'order_id', 'value': clean(order_id)}]) as identifiers,
    map_from_entries(list_concat(
        list_filter(map_entries(attributes), lambda a: clean(a.value) is not null),
        if(
            kind in ('order_cancelled', 'order_refunded'),
            [{'key': 'order_void', 'value': 'true'}],
            []
        )
    )) as attributes,
    case
        when clean(order_id) is null then 'order_id'
        when clean(total) is null then 'total'
        when clean(refunded) is not null and exact_number(clean(refunded)) is null then 'refunded'
        when kind is null then 'status'
    end as fault_column,
    case
        when clean(order_id) is null or clean(total) is null or clean(status) is null then 'missing'
        when clean(refunded) is not null and exact_number(clean(refunded)) is null
            then 'not a number'
        when kind is null then 'not among statuses: ' || left(clean(status), 40)
    end as fault
from settled
