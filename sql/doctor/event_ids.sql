-- purpose: Event ids that look as if a spreadsheet had rounded them.
-- grain: one row per source of events
-- kind: doctor
-- note: a spreadsheet shortens numbers of twelve digits and more; shorter ones it leaves whole.
select
    source,
    count(*) as events,
    count(*) filter (regexp_full_match(event_id, '\d{12,}')) as long_numbers,
    count(*) filter (regexp_full_match(event_id, '\d{9,}000')) as rounded,
    count(*) filter (regexp_full_match(event_id, '\d([.,]\d+)?[eE]\+\d+')) as scientific
from events
group by source
