-- purpose: Ids of visits and browsers whose last digits were lost on the way.
-- grain: one row per file and type of identifier
-- kind: landing
-- note: a spreadsheet keeps fifteen digits; of sound ids one in a thousand ends in three zeros.
select
    file_of(line) as place,
    type,
    count(distinct value) filter (regexp_full_match(value, '[0-9]{16,20}')) as ids,
    count(distinct value) filter (regexp_full_match(value, '[0-9]{13,17}000')) as rounded,
    min(line_of(line)) filter (regexp_full_match(value, '[0-9]+([.,][0-9]+)?[eE][+]?[0-9]+'))
        as floating_line
from raw_identifiers
where part = 0 and type in ('ym_client_id', 'visit_id')
group by file_of(line), type
order by place, type
