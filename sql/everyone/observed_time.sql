-- purpose: From which local day until which moment journeys are observed.
-- grain: one row
-- kind: everyone, internal
-- note: an end within the last hour of a day counts as the day's end; no day without a journey.
with ends as (
    select
        timezone(getvariable('zone'), $observed_until)::date as last_day,
        timezone(getvariable('zone'), $observed_until + interval 1 hour)::date as day_after
)

select
    timezone(getvariable('zone'), min(journeys.started_at))::date as first_day,
    case
        when ends.day_after > ends.last_day
            then timezone(getvariable('zone'), (ends.last_day + 1)::timestamp)
        else $observed_until
    end as seen_until
from ends
left join journeys on true
group by ends.last_day, ends.day_after
