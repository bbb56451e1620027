-- purpose: Conversions that are new, gone, or of another day or value than published, and why.
-- grain: one row per conversion that moved
-- kind: history, transient
-- note: the reason is what became of the event that stood for it in the store where it did.
with moved as (
    select
        conversion_id,
        min(day) filter (is_before) as old_day,
        min(value) filter (is_before) as old_value,
        min(day) filter (not is_before) as new_day,
        min(value) filter (not is_before) as new_value
    from standing_conversions
    group by conversion_id
    having old_day is distinct from new_day or old_value is distinct from new_value
),

merged_or_split as (
    select old_person_id as person_id
    from person_changes
    where run_number = $run_number
    union
    select new_person_id
    from person_changes
    where run_number = $run_number
),

told_before as (
    select standing_conversions.conversion_id, told.source, told.event_id
    from standing_conversions
    semi join moved using (conversion_id)
    inner join last_published.main.events as told using (person_id, event_number)
    where standing_conversions.is_before
),

told_now as (
    select standing_conversions.conversion_id, told.source, told.event_id
    from standing_conversions
    semi join moved using (conversion_id)
    inner join events as told using (person_id, event_number)
    where not standing_conversions.is_before
),

told as (
    select
        moved.*,
        coalesce(told_before.source, told_now.source) as source,
        coalesce(told_before.event_id, told_now.event_id) as event_id
    from moved
    left join told_before using (conversion_id)
    left join told_now using (conversion_id)
),

-- A million events beside a few conversions: only those are taken along that can be meant.
events_before as (
    select source, event_id, person_id, file, line
    from last_published.main.events
    semi join told using (source, event_id)
),

events_now as (
    select source, event_id, person_id, file, line
    from events
    semi join told using (source, event_id)
)

select
    told.conversion_id,
    told.old_day,
    told.old_value,
    told.new_day,
    told.new_value,
    case
        when was.event_id is null then 'late rows'
        when became.event_id is null then $gone
        when (was.file, was.line) <> (became.file, became.line) then 'corrections'
        when
            (was.person_id is distinct from became.person_id)
            or became.person_id in (from merged_or_split)
            then 'identity'
        when $settings_changed then 'settings'
        else 'late rows'
    end as reason
from told
left join events_before as was on told.source = was.source and told.event_id = was.event_id
left join events_now as became on told.source = became.source and told.event_id = became.event_id
