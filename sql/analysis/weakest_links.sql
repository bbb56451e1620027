-- purpose: What keeping a fifth of those lost at each link would bring, and how sure the order is.
-- grain: one row per level (touchpoint, stage, owner) and link
-- kind: analysis, of journeys
-- note: arithmetic, no promise; a step that only records a loss is no link; persons drawn anew.
with moves as (
    select
        coalesce(from_touchpoint, '(start)') as from_touchpoint,
        touchpoint as to_touchpoint,
        person_id
    from steps
    where not after_conversion and not records_loss
    union all
    select
        if(outcome = 'lost', exit_touchpoint, last_touchpoint),
        '(' || outcome || ')',
        person_id
    from journeys
),

-- Of up to a thousand persons each is drawn by itself; of more they are drawn in as many groups.
counted as (
    select
        hash(person_id)
        % if((select count(distinct person_id) from journeys) > 1000, 1000, 1000000007) as bag,
        from_touchpoint,
        to_touchpoint,
        count(*) as transitions
    from moves
    group by bag, from_touchpoint, to_touchpoint
)

select
    dense_rank() over (order by counted.bag) as bag,
    counted.from_touchpoint,
    counted.to_touchpoint,
    counted.transitions,
    touchpoint_visits.stage,
    touchpoint_visits.owner
from counted
left join touchpoint_visits on counted.from_touchpoint = touchpoint_visits.touchpoint
