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
        count(campaign) over (partition by file_of(line)) as campaigns
    from dated
),

weighed as (
    select
        *,
        skip_reason is null as is_data,
        is_data and (is_dayless or (campaigns > 0 and campaign is null)) as is_bare,
        is_data and not is_bare as is_plain
    from labelled
),

compared as (
    select
        *,
        count(*) filter (is_bare) over of_file as bare,
        count(distinct source_name) filter (is_data) over of_file as sources,
        sum(exact_cost) filter (is_plain) over of_file as plain_cost,
        sum(exact_impressions) filter (is_plain) over of_file as plain_impressions,
        sum(exact_clicks) filter (is_plain) over of_file as plain_clicks,
        bool_and(exact_cost = trunc(exact_cost)) filter (is_data) over of_file as is_whole
    from weighed
    window of_file as (partition by file_of(line))
)

select
    *
    exclude (campaigns, is_data, is_bare, is_plain, bare, sources)
    replace (
        case
            when skip_reason is not null then skip_reason
            when
                is_bare and bare = 1 and sources < 2 and exact_cost <> 0
                and exact_cost = plain_cost
                and coalesce(exact_impressions = plain_impressions, true)
                and coalesce(exact_clicks = plain_clicks, true)
                then 'totals row'
        end as skip_reason,
        coalesce(in_micros, getvariable('micros'), getvariable('whole_is_micros') and is_whole)
            as in_micros
    ),
    day_of(ends[1]) as first_day,
    day_of(ends[2]) as last_day
from compared
