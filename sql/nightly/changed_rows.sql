-- purpose: Landed rows that count from now on, and such as count no more.
-- grain: one row per landed row
-- kind: nightly, transient
-- note: `fresh_rows` is what `current_rows` says of the weighed rows; of these the restated hold.
with restated as (
    select ref
    from weighed_rows
    where is_restated
),

before as (
    select ref
    from current_rows
    semi join restated using (ref)
),

after as (
    select ref
    from fresh_rows
    semi join restated using (ref)
)

select
    ref,
    after.ref is not null as counts
from before
full join after using (ref)
where before.ref is null or after.ref is null
