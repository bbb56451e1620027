-- Small functions that only the format ga4 uses.
create or replace temp macro ga4_sequence(page, request, place) as
    case
        when coalesce(page, request, place) is not null
            then try_cast(
                coalesce(try_cast(page as hugeint), 0) * 1000000
                + least(coalesce(try_cast(request as hugeint), 0), 9999) * 100
                + least(coalesce(try_cast(place as hugeint), 0), 99)
                as bigint
            )::text
    end;

create or replace temp macro ga4_param(params, name) as
    list_transform(
        list_filter(params, lambda p: p.key = name),
        lambda p: coalesce(p.text, p.whole, p.double, p.single)
    )[1];

-- In one order, whatever the file's, and numbers in one spelling.
create or replace temp macro ga4_params(event_params) as
    coalesce(list_sort(list_transform(event_params, lambda p: {
        'key': p.key,
        'text': p.value.string_value,
        'whole': p.value.int_value,
        'single': try_cast(p.value.float_value as double)::text,
        'double': try_cast(p.value.double_value as double)::text
    })), []);

-- Of what is neither purchase nor refund `value` is whatever the site means by the word.
create or replace temp macro ga4_amount(kind, ecommerce, told) as
    case kind
        when 'purchase' then coalesce(clean(ecommerce.purchase_revenue), told)
        when 'refund' then coalesce(clean(ecommerce.refund_value), told)
        else case when number_fault('value', clean(told)) is null then told end
    end;

create or replace temp macro ga4_names(items) as
    list_distinct(list_transform(items, lambda i: known(i.item_name)));

create or replace temp macro ga4_only_name(items) as
    case when len(ga4_names(items)) = 1 then ga4_names(items)[1] end;
