-- purpose: Goals reached in the visits of a Yandex Metrica export, as raw events.
-- grain: one row per goal reached
-- kind: landing
-- note: what is reached long after its visit has ended was reported from elsewhere: no web session.
with numbered as (
    select
        *,
        places_of(goals, goals_fault) as place
    from metrica_rows
    where
        skip_reason is null
        and tells([goals, goal_times, goal_prices, goal_currencies, goal_orders])
),

reached as (
    select
        *,
        goals[place] as goal,
        goal_times[place] as reached_at,
        moment_inside(goal_times[place]) as reached,
        -- The same goal may be reached twice in a second.
        len(list_filter(
            list_zip(goals[1:place], goal_times[1:place]),
            lambda g: g = row(goals[place], goal_times[place])
        )) as repeat
    from numbered
)

select
    line,
    place as part,
    visit || '/goal ' || goal || '/' || reached_at || if(repeat > 1, '/' || repeat, '')
        as event_id,
    reached_at as occurred_at,
    instant_inside(reached_at) as instant,
    day,
    goal_kind(goal) as kind,
    in_thousandths(goal_prices[place]) as value,
    case when in_thousandths(goal_prices[place]) is not null then clean(goal_currencies[place]) end
        as currency,
    user_agent,
    device,
    region,
    place::text as sequence,
    list_concat(identifiers, [{'type': 'order_id', 'value': clean(goal_orders[place])}])
        as identifiers,
    if(
        is_outside(reached, started, longest_s),
        map_concat(attributes, map {'offline': 'true'}),
        attributes
    ) as attributes,
    if(goals_fault is null, 'goalsDateTime', 'goals') as fault_column,
    case when goals_fault is null then reached_at end as fault_value,
    coalesce(goals_fault, case when reached is null then 'not a time' end) as fault
from reached
where goals_fault is not null or not list_contains(getvariable('call_goals'), goal)
