-- purpose: The moment of the latest row that each source has landed, of whatever version.
-- grain: one row per source of the settings with a landed row
-- kind: nightly
-- note: costs have a day, which is its beginning in UTC; as `last_event_at` in `files`.
with landed as (
    select file_id, max(occurred_at) as latest
    from landed_events
    group by file_id
    union all
    select file_id, max(occurred_at)
    from landed_feedback
    group by file_id
    union all
    select file_id, max(occurred_at)
    from landed_links
    group by file_id
    union all
    select file_id, max(local_day)::timestamptz
    from landed_costs
    group by file_id
)

select ledger.source, max(landed.latest) as latest
from landed
inner join ledger using (file_id)
semi join source_settings using (source)
group by ledger.source
