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
    null as source,
    person_identifiers.type,
    case
        when person_identifiers.browser is not null
            then 'a browser that several persons use, cut in time'
        else 'claimed by several persons'
    end as reason,
    count(*) as "rows"
from person_identifiers
where person_identifiers.is_disputed
group by all

union all

select
    ordered_files.source,
    own.type,
    'the company''s own' as reason,
    count(*) as "rows"
from landed_identifiers
inner join own_identifiers as own
    on
        landed_identifiers.type = own.type
        and landed_identifiers.key = own.key
inner join landed_events using (ref)
semi join current_rows using (ref)
inner join ordered_files using (file_id)
group by ordered_files.source, own.type
