-- purpose: Raw costs with their days and exact numbers, totals rows told from what they sum up.
-- grain: one row per raw cost row
-- kind: landing
-- note: a row without a name for it is a totals row only where it comes to all the others exactly.
with dated as (
    select
        * replace (coalesce(part, 0) as part),
        if(day is null, [date_from, date_to], ends_of(day)) as ends,
        exact_number(cost) as exact_cost,
        exact_number(impressions) as exact_impressions,
        exact_number(clicks) as exact_clicks,
        day is null and date_from is null as is_dayless,
        in_micros is not null as is_unit_told
    from parsed_rows
),

labelled as (
    select
        * replace (
            case
                when skip_reason is not null then skip_reason
                when
                    day_of(ends[1]) is null
                    and (is_total(label) or is_total(day) or is_total(campaign))
                    then 'totals row'
            end as skip_reason
        ),
        file_of(line) as place
    from dated
),

named as (
    select
        place,
        count(campaign) > 0 as has_campaigns
    from labelled
    where skip_reason is null
    group by place
),

weighed as (
    select
        labelled.*,
        skip_reason is null
        and (is_dayless or (named.has_campaigns and campaign is null)) as is_bare
    from labelled
    left join named using (place)
),

summed as (
    select
        place,
        count(*) filter (is_bare) as bare,
        count(distinct source_name) as sources,
        sum(exact_cost) filter (not is_bare) as cost,
        sum(exact_impressions) filter (not is_bare) as impressions,
        sum(exact_clicks) filter (not is_bare) as clicks,
        bool_and(exact_cost = trunc(exact_cost)) as is_whole
    from weighed
    where skip_reason is null
    group by place
)

select
    weighed.*
    exclude (place, is_bare)
    replace (
        case
            when skip_reason is not null then skip_reason
            when
                is_bare and summed.bare = 1 and summed.sources < 2 and exact_cost <> 0
                and exact_cost = summed.cost
                and coalesce(exact_impressions = summed.impressions, true)
                and coalesce(exact_clicks = summed.clicks, true)
                then 'totals row'
        end as skip_reason,
        coalesce(
            in_micros, getvariable('micros'), getvariable('whole_is_micros') and summed.is_whole
        ) as in_micros
    ),
    summed.is_whole,
    day_of(ends[1]) as first_day,
    day_of(ends[2]) as last_day
from weighed
left join summed using (place)
