-- purpose: Which landed event rows count: the latest version of each.
-- grain: one row per event (source, event_id)
-- kind: events, internal
-- note: of equal versions the first by path and line stands for all: a re-delivery moves nothing.
with versions as (
    select
        landed_events.ref,
        landed_events.line,
        landed_events.event_id,
        landed_events.content,
        landed_events.local_day,
        ordered_files.source,
        ordered_files.file,
        ordered_files.replaces,
        ordered_files.file_order,
        ordered_files.delivery_order
    from landed_events
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
        event_id,
        arg_max(content, {'file': file_order, 'line': line}) as content
    from candidates
    group by source, event_id
)

select arg_min(versions.ref, {'file': versions.file, 'line': versions.line}) as ref
from versions
inner join latest using (source, event_id, content)
group by versions.source, versions.event_id
