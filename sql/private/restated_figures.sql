-- What became of published figures of days that had ended: written to the private database by
-- every run anew, until that run is published itself. `last_published` is the store before.
insert into private.work.restated_figures
with ended as (
    select timezone(getvariable('zone'), observed_until)::date as before_day
    from last_published.main.project
),

conversions_before as (
    select
        conversion_id,
        person_id,
        event_number,
        is_primary,
        timezone(getvariable('zone'), occurred_at)::date as day,
        case when is_primary then coalesce(value, 0) else 0 end as value
    from last_published.main.conversions
),

conversions_after as (
    select
        conversion_id,
        person_id,
        event_number,
        is_primary,
        timezone(getvariable('zone'), occurred_at)::date as day,
        case when is_primary then coalesce(value, 0) else 0 end as value
    from conversions
),

changed as (
    select
        conversion_id,
        conversions_before as old,
        conversions_after as new
    from conversions_before
    full join conversions_after using (conversion_id)
    where
        conversions_before.conversion_id is null
        or conversions_after.conversion_id is null
        or conversions_before.day <> conversions_after.day
        or conversions_before.value <> conversions_after.value
),

merged_or_split as (
    select old_person_id as person_id
    from private.work.person_changes
    where run_number = $run_number
    union
    select new_person_id
    from private.work.person_changes
    where run_number = $run_number
),

-- The event that stood for it, in the store where it did.
told_before as (
    select changed.conversion_id, events.source, events.event_id
    from changed
    inner join last_published.main.events as events
        on
            changed.old.person_id = events.person_id
            and changed.old.event_number = events.event_number
),

told_now as (
    select changed.conversion_id, events.source, events.event_id
    from changed
    inner join events
        on
            changed.new.person_id = events.person_id
            and changed.new.event_number = events.event_number
),

told as (
    select
        changed.*,
        coalesce(told_before.source, told_now.source) as source,
        coalesce(told_before.event_id, told_now.event_id) as event_id
    from changed
    left join told_before using (conversion_id)
    left join told_now using (conversion_id)
),

events_before as (
    select events.*
    from last_published.main.events as events
    semi join told using (source, event_id)
),

events_now as (
    select events.*
    from events
    semi join told using (source, event_id)
),

reasoned as (
    select
        told.old,
        told.new,
        case
            when was.event_id is null then 'late rows'
            when became.event_id is null then $gone
            when (was.file, was.line) <> (became.file, became.line) then 'corrections'
            when
                was.person_id is distinct from became.person_id
                or became.person_id in (from merged_or_split)
                then 'identity'
            when $settings_changed then 'settings'
            else 'late rows'
        end as reason
    from told
    left join events_before as was
        on told.source = was.source and told.event_id = was.event_id
    left join events_now as became
        on told.source = became.source and told.event_id = became.event_id
),

costs_changed as (
    select
        coalesce(now.day, was.day) as day,
        coalesce(now.cost, 0) - coalesce(was.cost, 0) as moved,
        case
            when was.day is null then 'late rows'
            when now.day is not null and $settings_changed then 'settings'
            else 'corrections'
        end as reason
    from last_published.main.costs as was
    full join costs as now
        on
            was.day = now.day
            and was.source = now.source
            and was.medium is not distinct from now.medium
            and was.campaign is not distinct from now.campaign
    where was.cost is distinct from now.cost
),

moves as (
    select old.day, 'conversions' as figure, reason, -1::decimal(18, 2) as moved
    from reasoned
    where old is not null
    union all
    select new.day, 'conversions', reason, 1
    from reasoned
    where new is not null
    union all
    select old.day, 'value', reason, -old.value
    from reasoned
    where old is not null
    union all
    select new.day, 'value', reason, new.value
    from reasoned
    where new is not null
    union all
    select day, 'cost', reason, moved
    from costs_changed
),

summed as (
    select moves.day, moves.figure, moves.reason, sum(moves.moved)::decimal(18, 2) as moved
    from moves
    cross join ended
    where moves.day < ended.before_day
    group by moves.day, moves.figure, moves.reason
    having sum(moves.moved) <> 0
),

figures as (
    select day, 'conversions' as figure, count(*)::decimal(18, 2) as published
    from conversions_before
    group by day
    union all
    select day, 'value', sum(value)
    from conversions_before
    group by day
    union all
    select day, 'cost', sum(cost)
    from last_published.main.costs
    group by day
)

select
    $run_number,
    $run_id,
    $restated_at,
    summed.day,
    summed.figure,
    summed.reason,
    coalesce(figures.published, 0)::decimal(18, 2),
    summed.moved,
    (
        select coalesce(list(report order by report), [])
        from kept_reports
        where
            summed.day >= coalesce(kept_reports.date_from, summed.day)
            and summed.day <= coalesce(kept_reports.date_to, kept_reports.observed_day)
    )
from summed
left join figures on summed.day = figures.day and summed.figure = figures.figure
