-- purpose: The pages that the chosen journeys saw, repeats in a row collapsed.
-- grain: one row per chosen journey that saw a page
-- kind: paths
-- note: until the conversion, a path ends with the event that converted.
with met as (
    select
        events.journey_id,
        events.event_number,
        events.page as label,
        lag(events.page) over (
            partition by events.journey_id order by events.event_number
        ) as label_before
    from events
    semi join chosen using (journey_id)
    left join converted using (journey_id)
    where
        events.page is not null
        and (
            $until = 'end'
            or converted.converting_event is null
            or events.event_number <= converted.converting_event
        )
)

select
    journey_id,
    list(label order by event_number) as path
from met
where label is distinct from label_before
group by journey_id
