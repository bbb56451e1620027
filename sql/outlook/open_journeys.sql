-- purpose: The journeys asked for that are open, and what to expect of each.
-- grain: one row per open journey, the most promising first
-- kind: outlook
-- note: every state with open journeys has its row in `outlook`; rare touchpoints share `(other)`.
with standing as (
    select
        asked_open.journey_id,
        asked_open.person_id,
        asked_open.last_touchpoint as touchpoint,
        asked_open.steps,
        (epoch_us(project.observed_until) - epoch_us(asked_open.ended_at)) / 1000000 as silent_s
    from asked_open
    cross join project
),

told as (
    select distinct touchpoint
    from outlook
)

select
    standing.journey_id,
    standing.person_id,
    standing.touchpoint,
    touchpoints.stage,
    standing.silent_s,
    standing.steps,
    outlook.p_expected as expected,
    outlook.expected_low as low,
    outlook.expected_high as high,
    outlook.next_touchpoint,
    outlook.next_p,
    outlook.n,
    outlook.reason
from standing
left join told on standing.touchpoint = told.touchpoint
left join outlook
    on
        coalesce(told.touchpoint, '(other)') = outlook.touchpoint
        and standing.silent_s >= outlook.silent_from_s
        and standing.silent_s < coalesce(outlook.silent_until_s, 'infinity'::double)
left join touchpoints on standing.touchpoint = touchpoints.touchpoint
order by outlook.p_expected desc nulls last, standing.silent_s asc, standing.journey_id asc
limit $top
