-- purpose: At which hours of the day, in the project's zone, a source meets the persons of another.
-- grain: one row per source, other source and hour
-- kind: doctor
-- note: a person counts once an hour of a date, however many events it has; bots keep no hours.
with lived as (
    select distinct
        source,
        person_id,
        date_trunc('hour', timezone((select timezone from project), occurred_at)) as lived_hour
    from events
    where person_id is not null and not is_bot
),

known as (
    select distinct
        source as other_source,
        person_id
    from lived
)

select
    lived.source,
    known.other_source,
    hour(lived.lived_hour) as hour,
    count(*) as hours_lived
from lived
inner join known
    on
        lived.person_id = known.person_id
        and lived.source <> known.other_source
group by all
