-- purpose: The zone of days, the last one observed, and the last that was observed to its end.
-- grain: one row
-- kind: loyalty
-- note: a day is over from 23:59 on, since many say the end of a day so.
select
    timezone as zone,
    timezone(timezone, observed_until)::date as until,
    timezone(timezone, observed_until + interval 1 minute)::date - 1 as last_whole_day
from project
