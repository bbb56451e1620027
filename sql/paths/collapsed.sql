-- purpose: What the chosen journeys met, as paths with repeats in a row collapsed.
-- grain: one row per chosen journey that met anything
-- kind: paths
-- note: until the conversion, a path ends with the event that converted.
with converted as (
    select
        journey_id,
        min(event_number) as converting_event
    from conversions
    group by journey_id
),

in_order as (
    select
        met.journey_id,
        met.event_number,
        met.label,
        lag(met.label) over (
            partition by met.journey_id order by met.event_number
        ) as label_before
    from met
    semi join chosen using (journey_id)
    left join converted using (journey_id)
    where
        $until = 'end'
        or converted.converting_event is null
        or met.event_number <= converted.converting_event
)

select
    journey_id,
    list(label order by event_number) as path
from in_order
where label is distinct from label_before
group by journey_id
