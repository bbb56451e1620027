-- purpose: Goals that hits of a Yandex Metrica export reached, as raw events.
-- grain: one row per hit and goal that the settings name
-- kind: landing
-- note: goals that nobody named are left to the export of visits, which tells their exact time.
with numbered as (
    select
        *,
        unnest(range(1, len(goals) + 1)) as place
    from metrica_hit_rows
    where skip_reason is null and goals_fault is null
)

select
    line,
    place as part,
    watch_id || '/goal ' || goals[place]
    || if(
        list_contains(goals[1:place - 1], goals[place]), '/' || place, ''
    ) as event_id,
    happened_at as occurred_at,
    day,
    goal_kind(goals[place]) as kind,
    device,
    region,
    place::text as sequence,
    identifiers,
    attributes
from numbered
