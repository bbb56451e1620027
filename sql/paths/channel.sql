-- purpose: The channels that touched the chosen journeys, repeats in a row collapsed.
-- grain: one row per chosen journey that a channel touched
-- kind: paths
-- note: until the conversion, a path ends with the event that converted.
with met as (
    select
        touches.journey_id,
        touches.event_number,
        touches.channel as label,
        lag(touches.channel) over (
            partition by touches.journey_id order by touches.event_number
        ) as label_before
    from touches
    semi join chosen using (journey_id)
    left join converted using (journey_id)
    where
        $until = 'end'
        or converted.converting_event is null
        or touches.event_number <= converted.converting_event
)

select
    journey_id,
    list(label order by event_number) as path
from met
where label is distinct from label_before
group by journey_id
