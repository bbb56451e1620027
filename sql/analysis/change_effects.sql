-- purpose: What was observed before and after each change that the company declared.
-- grain: one row per declared change and figure
-- kind: analysis
-- note: observed, not caused: whatever else changed then is in it; a change of mix stands apart.
with counted as (
    select
        *,
        null::double[] as waits_s
    from change_counts
    union all
    select change_number, measure, side, null, whole, happened, waits_s
    from change_meetings
),

others as (
    select
        windows.change_number,
        windows.measure,
        count(*) as other_changes
    from change_windows as windows
    inner join declared_changes as others
        on
            windows.change_number <> others.change_number
            and windows.day - windows.days < others.day
            and others.day < windows.day + windows.days
    group by windows.change_number, windows.measure
),

changing as (
    select
        change_number,
        measure,
        max(share_changing) filter (side = 'before') as changing_before,
        max(share_changing) filter (side = 'after') as changing_after
    from window_sources
    where subject = 'change'
    group by change_number, measure
)

select
    windows.*,
    coalesce(others.other_changes, 0) as other_changes,
    coalesce(changing.changing_before, 0) as changing_before,
    coalesce(changing.changing_after, 0) as changing_after,
    counted.side,
    counted.part,
    counted.whole,
    counted.happened,
    counted.waits_s
from change_windows as windows
left join others using (change_number, measure)
left join changing using (change_number, measure)
left join counted using (change_number, measure)
order by windows.change_number, windows.measure, counted.side, counted.part
