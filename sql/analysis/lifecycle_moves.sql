-- purpose: How many persons went from one label of the relationship to another between given days.
-- grain: one row per neighbouring days of $days and pair of labels that anybody went between
-- kind: analysis
-- note: who stayed went from a label to itself; who was first seen in between comes from (new).
with days as (
    select distinct unnest($days::date[]) as day
),

periods as (
    select
        day,
        lag(day) over (order by day) as from_day
    from days
),

moved as (
    select
        person_id,
        day,
        lifecycle,
        lag(lifecycle, 1, '(new)') over (partition by person_id order by day) as from_lifecycle
    from lifecycle_days
)

select
    periods.from_day,
    periods.day as to_day,
    moved.from_lifecycle,
    moved.lifecycle as to_lifecycle,
    count(*) as persons
from moved
inner join periods using (day)
where periods.from_day is not null
group by all
