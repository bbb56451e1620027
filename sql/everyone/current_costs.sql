-- purpose: Which landed cost rows count.
-- grain: one row per cost row
-- kind: everyone, internal
-- note: by default the latest delivery that covers a day is the whole truth for it.
with versions as (
    select
        landed_costs.*,
        ordered_files.source,
        ordered_files.file,
        ordered_files.replaces,
        ordered_files.file_order,
        ordered_files.delivery_order
    from landed_costs
    inner join ordered_files using (file_id)
),

covered_days as (
    select source, local_day, max(delivery_order) as delivery_order
    from versions
    where replaces = 'day'
    group by source, local_day
),

candidates as (
    select versions.*
    from versions
    left join covered_days using (source, local_day)
    where versions.replaces = 'row' or versions.delivery_order = covered_days.delivery_order
),

latest as (
    select source, row_id, arg_max(content, {'file': file_order, 'line': line}) as content
    from candidates
    group by source, row_id
)

select
    versions.source,
    versions.row_id,
    arg_min(versions.ref, {'file': versions.file, 'line': versions.line}) as ref
from versions
inner join latest using (source, row_id, content)
group by versions.source, versions.row_id
