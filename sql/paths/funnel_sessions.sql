-- purpose: The events of the chosen sessions, for a funnel of which sessions are the units.
-- grain: one row per event of a chosen session
-- kind: paths
-- note: name counts from 0; events at other touchpoints (-1) part runs, so they are needed too.
with converted as (
    select
        journey_id,
        min(event_number) as converting_event
    from conversions
    group by journey_id
),

units as (
    select
        session_id,
        row_number() over () - 1 as unit
    from sessions
)

select
    events.*,
    units.unit,
    events.event_number as number,
    coalesce(list_position($named::text[], events.touchpoint), 0) - 1 as name,
    epoch_us(events.occurred_at) as entered_us,
    epoch_us(events.occurred_at) as left_us,
    -- No session goes on: what comes after its timeout belongs to the next one.
    false as is_last,
    false as goes_on
from events
inner join units using (session_id)
left join converted using (journey_id)
where
    $until = 'end'
    or converted.converting_event is null
    or events.event_number <= converted.converting_event
