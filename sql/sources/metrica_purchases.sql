-- purpose: Purchases in the visits of a Yandex Metrica export, as raw events.
-- grain: one row per purchase
-- kind: landing
-- note: a thank-you page that is loaded again reports its order again; the order's number tells.
with judged as (
    select
        *,
        coalesce(
            group_fault(
                [purchases, purchase_times, purchase_revenues, purchase_currencies],
                64
            ),
            group_fault([line_purchases, line_products], 10000)
        ) as purchases_fault
    from metrica_rows
    where
        skip_reason is null
        and tells([purchases, purchase_times, purchase_revenues, purchase_currencies])
),

numbered as (
    select
        *,
        places_of(purchases, purchases_fault) as place
    from judged
),

bought as (
    select
        *,
        purchases[place] as purchase,
        purchase_times[place] as bought_at,
        moment_inside(purchase_times[place]) as bought,
        len(list_filter(purchases[1:place], lambda p: p = purchases[place])) as repeat,
        list_distinct(list_transform(
            list_filter(
                list_zip(line_purchases, line_products), lambda l: l[1] = purchases[place]
            ),
            lambda l: clean(l[2])
        )) as products
    from numbered
)

select
    line,
    383 + place as part,
    -- What an order is called identifies a customer and is not kept as it is spelled.
    visit || '/purchase ' || keyed_id(purchase) || if(repeat > 1, '/' || repeat, '')
        as event_id,
    bought_at as occurred_at,
    instant_inside(bought_at) as instant,
    day,
    'purchase' as kind,
    decimal_text(purchase_revenues[place]) as value,
    clean(purchase_currencies[place]) as currency,
    case when len(products) = 1 then products[1] end as product,
    user_agent,
    device,
    region,
    (383 + place)::text as sequence,
    list_concat(identifiers, [{'type': 'order_id', 'value': clean(purchase)}]) as identifiers,
    if(
        is_outside(bought, started, longest_s),
        map_concat(attributes, map {'offline': 'true'}),
        attributes
    ) as attributes,
    if(purchases_fault is null, 'purchaseDateTime', 'purchases') as fault_column,
    case when purchases_fault is null then bought_at end as fault_value,
    coalesce(purchases_fault, case when bought is null then 'not a time' end) as fault
from bought
