-- purpose: What was earned in each week, and how many first buyers bought again.
-- grain: one row per week (its Monday, in the project's zone) with a primary conversion
-- kind: everyone, internal
-- note: again is within 90 days, on another local day; first is the first that any export tells of.
with bought as (
    select
        person_id,
        timezone(getvariable('zone'), occurred_at)::date as day,
        coalesce(value, 0) as value
    from conversions
    where is_primary
),

days as (
    select
        day,
        row_number() over lived as number,
        lead(day) over lived - day as next_after
    from (select distinct person_id, day from bought) as distinct_days
    window lived as (partition by person_id order by day)
),

buyers as (
    select
        date_trunc('week', day)::date as week,
        count(*) as buyers,
        count(*) filter (next_after <= 90) as repeated
    from days
    where number = 1
    group by week
)

select
    date_trunc('week', bought.day)::date as week,
    count(*) as conversions,
    sum(bought.value)::decimal(18, 2) as total_value,
    sum(bought.value * bought.value)::double as value_squares,
    coalesce(max(buyers.buyers), 0) as buyers,
    coalesce(max(buyers.repeated), 0) as repeated
from bought
left join buyers on date_trunc('week', bought.day)::date = buyers.week
group by date_trunc('week', bought.day)
