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
