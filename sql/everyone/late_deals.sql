-- purpose: Open deals that stand in their stage longer than nine of ten that went on from it.
-- grain: one row per such deal (source, deal_id, person_id)
-- kind: everyone
-- note: where the time of nine in ten is not known (`deal_patience.reason`), no deal is listed.
select
    deal_stages.deal_id,
    deal_stages.person_id,
    deal_stages.journey_id,
    deal_stages.source,
    deal_stages.pipeline,
    deal_stages.touchpoint,
    coalesce(deal_ends.owner, deal_stages.owner) as owner,
    deal_stages.entered_at,
    (epoch_us($observed_until) - epoch_us(deal_stages.entered_at)) / 1000000 as standing_s,
    deal_patience.late_after_s,
    deal_patience.went_on,
    deal_ends.value::decimal(18, 2) as value,
    deal_stages.is_bulk_edit
from deal_stages
inner join deal_ends
    on
        deal_stages.person_id = deal_ends.person_id
        and deal_stages.deal_id = deal_ends.deal_id
inner join deal_patience
    on
        deal_stages.source = deal_patience.source
        and deal_stages.pipeline is not distinct from deal_patience.pipeline
        and deal_stages.touchpoint = deal_patience.touchpoint
where
    deal_stages.left_at is null
    and deal_ends.settled_at is null
    and epoch_us($observed_until) - epoch_us(deal_stages.entered_at)
    > deal_patience.late_after_s * 1000000
