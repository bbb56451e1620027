-- purpose: Raw links cast column by column, each with the faults found in it.
-- grain: one row per raw link
-- kind: landing
-- note: a link that says nothing else means the same person.
with typed as (
    select
        raw_rows.line,
        raw_rows.part,
        raw_rows.link_id,
        timed_rows.occurred_at,
        timed_rows.time_flag,
        timezone($zone, timed_rows.occurred_at)::date as local_day,
        lower(coalesce(raw_rows.relation, 'same')) as relation,
        raw_rows.occurred_at as time_text
    from raw_rows
    inner join timed_rows using (line, part)
)

select
    * exclude (time_text),
    told_faults([
        time_fault('linked_at', time_text, occurred_at, time_flag, $arrived_at),
        case
            when relation not in ('same', 'different')
                then fault('relation', relation, 'neither same nor different')
        end
    ]) as faults
from typed
