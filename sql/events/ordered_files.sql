-- purpose: The files of the ledger in the order in which their rows count.
-- grain: one row per file
-- kind: events, transient
-- note: a later delivery wins, files of one go by path; parts of a split export are one delivery.
with graded as (
    select
        ledger.file_id,
        ledger.source,
        ledger.file,
        ledger.run_number,
        ledger.delivered,
        ledger.delivery,
        source_settings.position as source_position,
        source_settings.replaces,
        -- Of one day GA4 has up to three tables: the running day's, an early one and the final one.
        case
            when source_settings.format <> 'ga4' then 3
            when contains(lower(ledger.file), 'intraday') then 1
            when contains(lower(ledger.file), 'events_fresh') then 2
            else 3
        end as finality
    from ledger
    inner join source_settings using (source)
),

counted as (
    select
        *,
        row_number() over (order by finality, delivered, file, file_id) as file_order,
        row_number() over (order by file, file_id) as path_order
    from graded
)

select
    *,
    -- Whatever replaces what within a table, of two tables of a day one holds the other's events.
    replaces = 'day' or min(finality) over (partition by source) < 3 as by_day,
    if(
        replaces = 'day',
        max(file_order) over (partition by source, delivered, delivery),
        max(file_order) over (partition by source, finality)
    ) as delivery_order
from counted
