-- purpose: How long deals stand in each stage before they go on, those that still stand included.
-- grain: one row per source, pipeline and touchpoint in which a deal has stood
-- kind: analysis
-- note: what entered by a bulk edit is left out; what one moved had stood at least so long.
with stays as (
    select
        deal_stages.source,
        deal_stages.pipeline,
        deal_stages.touchpoint,
        deal_stages.entered_at,
        deal_stages.left_at,
        deal_stages.is_bulk_edit,
        lead(deal_stages.is_bulk_edit) over (
            partition by deal_stages.person_id, deal_stages.source, deal_stages.deal_id
            order by deal_stages.stage_number
        ) as left_by_bulk_edit,
        deal_ends.settled_at,
        deal_ends.is_lost
    from deal_stages
    inner join deal_ends
        on
            deal_stages.person_id = deal_ends.person_id
            and deal_stages.deal_id = deal_ends.deal_id
),

ended as (
    select
        source,
        pipeline,
        touchpoint,
        epoch_us(least(left_at, settled_at, $observed_until)) - epoch_us(entered_at) as after_us,
        case
            when left_by_bulk_edit and left_at <= coalesce(settled_at, left_at) then 'standing'
            when is_lost and settled_at <= coalesce(left_at, settled_at) then 'lost'
            when left_at is not null or settled_at is not null then 'went_on'
            else 'standing'
        end as fate
    from stays
    -- A stage that a settled deal enters is no longer on the way.
    where not is_bulk_edit and coalesce(settled_at > entered_at, true)
)

select
    source,
    pipeline,
    touchpoint,
    after_us,
    count(*) filter (fate = 'went_on') as went_on,
    count(*) filter (fate = 'lost') as lost,
    count(*) filter (fate = 'standing') as standing
from ended
group by source, pipeline, touchpoint, after_us
