-- purpose: How many persons went from one label of the relationship to another between given days.
-- grain: one row per day of $days and pair of labels that anybody went between since the day before
-- kind: loyalty
-- note: who stayed went from a label to itself; `(new)` was seen first since, and on the first day.
with paired as (
    select
        unnest($days::date[]) as to_day,
        unnest(list_concat([null::date], $days::date[])[:-2]) as from_day,
        unnest(list_concat(['(new)'], labels)[:-2]) as from_lifecycle,
        unnest(labels) as to_lifecycle
    from lifecycle_labels
)

select
    from_day,
    to_day,
    from_lifecycle,
    to_lifecycle,
    count(*) as persons
from paired
where to_lifecycle <> '(new)'
group by all
