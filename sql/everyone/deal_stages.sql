-- purpose: The stages that each deal entered, and how long it waited in the one before.
-- grain: one row per deal and stage entered (source, event_id)
-- kind: everyone
-- note: `left_at` is NULL where the deal still stands; what a bulk edit moved has no `wait_s`.
with judged as (
    select
        *,
        -- Moved by a list or a robot: an API tells it in pages, so files say nothing of it.
        count(distinct deal_id) over (
            partition by source, stage_id, moved_by, date_trunc('minute', entered_at)
        ) > 50 as is_bulk_edit
    from stage_stays
)

select
    person_id,
    deal_id,
    source,
    event_id,
    stage_number,
    pipeline,
    from_touchpoint,
    touchpoint,
    owner,
    entered_at,
    left_at,
    case when not is_bulk_edit then stood_s end as wait_s,
    is_bulk_edit,
    journey_id
from judged
