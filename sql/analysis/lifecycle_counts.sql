-- purpose: How many persons had each label of the relationship at the end of given days.
-- grain: one row per day of $days and label, also where nobody had it
-- kind: analysis
-- note: the five labels of a day are all persons seen by then.
with labels as (
    select unnest(['prospect', 'first-time', 'regular', 'advocate', 'dormant']) as lifecycle
),

days as (
    select distinct unnest($days::date[]) as day
)

select
    days.day,
    labels.lifecycle,
    count(lifecycle_days.person_id) as persons
from days
cross join labels
left join lifecycle_days
    on
        days.day = lifecycle_days.day
        and labels.lifecycle = lifecycle_days.lifecycle
group by days.day, labels.lifecycle
