-- purpose: Of the persons who first ordered in a month, how many ordered again in each month since.
-- grain: one row per month of the first order and age in months, up to the oldest cohort's age
-- kind: loyalty
-- note: `ordered` is NULL for a month that had not ended when the observation did.
with firsts as (
    select
        person_id,
        date_trunc('month', day)::date as cohort
    from orders
    where order_number = 1
),

cohorts as (
    select
        cohort,
        count(*) as persons
    from firsts
    group by cohort
),

ages as (
    select unnest(generate_series(0, max(date_diff('month', day, until)))) as age
    from orders
),

again as (
    select
        firsts.cohort,
        date_diff('month', firsts.cohort, orders.day) as age,
        count(distinct orders.person_id) as ordered
    from orders
    inner join firsts using (person_id)
    where orders.order_number > 1
    group by all
),

cells as (
    select
        cohorts.cohort,
        cohorts.persons,
        ages.age,
        (cohorts.cohort + to_months(ages.age::integer))::date as month
    from cohorts
    cross join ages
)

select
    cells.cohort,
    cells.age,
    cells.month,
    cells.persons,
    case
        when last_day(cells.month) <= observed_days.last_whole_day then coalesce(again.ordered, 0)
    end as ordered
from cells
cross join observed_days
left join again
    on
        cells.cohort = again.cohort
        and cells.age = again.age
