-- purpose: Which landed rows count: the latest version of each event, cost row and answer.
-- grain: one row per event (source, event_id), cost row or answer
-- kind: events, internal
-- note: of equal versions the first by path and line stands for all: a re-delivery moves nothing.
with latest as (
    select
        source,
        row_id,
        arg_max(content, version_order) as content
    from rival_rows
    where in_force
    group by source, row_id
)

select ref
from row_versions
anti join rival_rows using (ref)
where in_force

union all

select arg_min(rival_rows.ref, rival_rows.place) as ref
from rival_rows
inner join latest using (source, row_id, content)
group by rival_rows.source, rival_rows.row_id
