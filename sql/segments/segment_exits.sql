-- purpose: How often journeys of each segment left each touchpoint, and how often by being lost.
-- grain: one row per segment and touchpoint
-- kind: segments
-- note: up to the first conversion, without steps that only record a loss; the open left nothing.
with moves as (
    select
        journey_id,
        from_touchpoint as touchpoint,
        false as is_exit
    from steps
    where not after_conversion and not records_loss and from_touchpoint is not null
    union all
    select
        journey_id,
        if(outcome = 'lost', exit_touchpoint, last_touchpoint),
        outcome = 'lost'
    from journeys
    where outcome <> 'open'
)

select
    segmented.segment,
    moves.touchpoint,
    count(*) filter (moves.is_exit) as exits,
    count(*) as "left"
from moves
inner join segmented using (journey_id)
group by segmented.segment, moves.touchpoint
