-- purpose: Conversions as the last published store tells them, and as this run does.
-- grain: one row per conversion and teller
-- kind: history, transient
-- note: days are of the project's zone; only primary conversions have a value.
with both_told as (
    select conversion_id, person_id, event_number, is_primary, occurred_at, value, true as is_before
    from last_published.main.conversions
    union all
    select conversion_id, person_id, event_number, is_primary, occurred_at, value, false
    from conversions
)

select
    conversion_id,
    is_before,
    person_id,
    event_number,
    timezone(getvariable('zone'), occurred_at)::date as day,
    case when is_primary then coalesce(value, 0) else 0 end as value
from both_told
