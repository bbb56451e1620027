-- purpose: Which landed rows count: the latest version of each event, cost row and answer.
-- grain: one row per event (source, event_id), cost row or answer
-- kind: events, transient
-- note: of equal versions the first by path and line stands for all: a re-delivery moves nothing.
with landed as (
    select ref, file_id, line, event_id as row_id, content, local_day
    from landed_events
    union all
    select ref, file_id, line, row_id, content, local_day
    from landed_costs
    union all
    select ref, file_id, line, row_id, content, local_day
    from landed_feedback
),

versions as (
    select
        landed.*,
        ordered_files.source,
        ordered_files.replaces,
        ordered_files.delivery_order,
        -- As in `ref`: no file has as many lines.
        ordered_files.file_order::bigint * 68719476736 + landed.line as version_order,
        ordered_files.path_order::bigint * 68719476736 + landed.line as place
    from landed
    inner join ordered_files using (file_id)
),

covered_days as (
    select
        source,
        local_day,
        max(delivery_order) as delivery_order
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
    select
        source,
        row_id,
        arg_max(content, version_order) as content
    from candidates
    group by source, row_id
)

select arg_min(versions.ref, versions.place) as ref
from versions
inner join latest using (source, row_id, content)
group by versions.source, versions.row_id
