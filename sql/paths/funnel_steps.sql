-- purpose: The items of `units` of journeys that a funnel names or excludes: steps.
-- grain: one row per step at a named touchpoint
-- kind: paths
-- note: number counts all items of the unit, so that neighbours are known; name counts from 0.
select
    units.unit,
    units.items_before + steps.step_number as number,
    list_position($named::text[], steps.touchpoint) - 1 as name,
    epoch_us(steps.entered_at) as entered_us,
    epoch_us(steps.left_at) as left_us,
    units.items_before + steps.step_number = units.items as is_last,
    units.goes_on,
    steps.journey_id,
    steps.step_number,
    steps.channel,
    steps.stage
from steps
inner join units using (journey_id)
where
    list_contains($named::text[], steps.touchpoint)
    and ($until = 'end' or not steps.after_conversion)
