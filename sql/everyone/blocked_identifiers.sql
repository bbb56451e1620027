-- purpose: Identifiers that were left out because they identify nobody.
-- grain: one row per source, identifier type and reason
-- kind: everyone
-- note: the rows themselves are used; hubs merge nobody but may still attach an event.
select
    ordered_files.source,
    blocked_values.type,
    blocked_values.reason,
    sum(blocked_values.rows)::bigint as "rows"
from blocked_values
inner join ordered_files using (file_id)
group by ordered_files.source, blocked_values.type, blocked_values.reason

union all

select
    null as source,
    hubs.type,
    'seen with more than ' || hubs.most || ' ' || hubs.other_type as reason,
    count(*) as "rows"
from hubs
group by hubs.type, hubs.most, hubs.other_type

union all

select
    ordered_files.source,
    own.type,
    'the company''s own' as reason,
    count(*) as "rows"
from (
    select file_id, unnest(identifiers) as identifier
    from landed_events
    semi join current_rows using (ref)
) as carried
inner join own_identifiers as own
    on
        carried.identifier.type = own.type
        and carried.identifier.key = own.key
inner join ordered_files using (file_id)
group by ordered_files.source, own.type
