-- purpose: Events that were nobody's and are to be told anew or no more.
-- grain: one row per event (source, event_id)
-- kind: nightly, transient
-- note: those of persons are found by their persons.
with changed as (
    select ref
    from changed_rows
    union
    select ref
    from moved_events
)

select distinct ordered_files.source, landed_events.event_id
from landed_events
semi join changed using (ref)
inner join ordered_files using (file_id)
