-- purpose: Files that lost their days to another one which has none of their rows.
-- grain: one row per file of which most lost rows are gone
-- kind: nightly
-- note: of days that this run delivered, and of Metrica, whose parts bear any names.
with latest as (
    select max(delivered) as delivered
    from ordered_files
),

days as (
    select distinct
        fresh.source,
        landed_events.local_day
    from landed_events
    inner join ordered_files as fresh using (file_id)
    inner join latest using (delivered)
    inner join source_settings using (source)
    where fresh.replaces = 'day' and source_settings.format like 'metrica%'
),

versions as (
    select
        ordered_files.source,
        ordered_files.file,
        landed_events.event_id,
        current_rows.ref is not null as counts
    from landed_events
    inner join ordered_files using (file_id)
    semi join days using (source, local_day)
    left join current_rows using (ref)
    where is_row(landed_events.ref)
),

standing as (
    select distinct
        source,
        event_id
    from versions
    where counts
),

lost as (
    select
        versions.file,
        count(*) as replaced,
        count(*) filter (standing.event_id is null) as gone
    from versions
    left join standing using (source, event_id)
    where not versions.counts
    group by versions.file
)

select
    gone,
    file
from lost
where 2 * gone > replaced
order by file
