-- purpose: The files of the ledger in the order in which their rows count.
-- grain: one row per file
-- kind: events, transient
-- note: a later delivery wins, files of one go by path; parts of a split export are one delivery.
with counted as (
    select
        ledger.file_id,
        ledger.source,
        ledger.file,
        ledger.run_number,
        ledger.delivered,
        ledger.delivery,
        source_settings.position as source_position,
        source_settings.replaces,
        row_number() over (
            order by
                ledger.delivered,
                -- GA4's table of the running day must not outdo the day's final one.
                source_settings.format <> 'ga4' or not contains(ledger.file, 'intraday'),
                ledger.file,
                ledger.file_id
        ) as file_order,
        row_number() over (order by ledger.file, ledger.file_id) as path_order
    from ledger
    inner join source_settings using (source)
)

select
    *,
    max(file_order) over (partition by source, delivered, delivery) as delivery_order
from counted
