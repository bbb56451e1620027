-- purpose: Figures that are computed in two ways and must agree.
-- grain: one row per rule
-- kind: everyone
-- note: it proves that the tables fit together, not that they are true; a failure stops the run.
with rules as (
    select
        'rows of ' || source || ', ' || file || ', run ' || run_number as rule,
        rows_read::double as left_value,
        (rows_used + duplicates + rejects + skipped)::double as right_value
    from files
    union all
    select
        'events = events of event files',
        (select count(*) from events),
        (
            select coalesce(sum(files.events), 0)
            from files
            inner join source_settings using (source)
            where source_settings.lands = 'events'
        )
    union all
    select
        'events that take part = events of persons',
        (select count(*) from events where participates),
        (select coalesce(sum(events), 0) from persons)
    union all
    select
        'events of session sources = events of sessions',
        (
            select count(*)
            from events
            inner join source_settings using (source)
            anti join company_kinds using (kind)
            where
                events.participates
                and source_settings.sessions
                and (not source_settings.may_be_offline or events.session_id is not null)
        ),
        (select coalesce(sum(events), 0) from sessions)
    union all
    select
        'events of journeys = events of steps',
        (select count(*) from events where journey_id is not null),
        (select coalesce(sum(events), 0) from steps)
    union all
    select
        'journeys = starts',
        (select count(*) from journeys),
        (select coalesce(sum(transitions), 0) from transitions where from_touchpoint = '(start)')
    union all
    select
        'journeys = ends',
        (select count(*) from journeys),
        (
            select coalesce(sum(transitions), 0)
            from transitions
            where to_touchpoint in ('(converted)', '(lost)', '(open)')
        )
    union all
    select
        'converted journeys = ends after conversion',
        (select count(*) from journeys where outcome = 'converted'),
        (select coalesce(sum(transitions), 0) from transitions_after where to_touchpoint = '(end)')
    union all
    select
        'steps = sum of journeys.steps',
        (select count(*) from steps),
        (select coalesce(sum(steps), 0) from journeys)
    union all
    select
        'conversions = conversions of persons',
        (select count(*) from conversions),
        (select coalesce(sum(conversions), 0) from persons)
    union all
    select
        'conversions in journeys = conversions of journeys',
        (select count(*) from conversions where journey_id is not null),
        (select coalesce(sum(conversions), 0) from journeys)
    union all
    select
        'primary conversions = conversions of paths',
        (select count(*) from conversions where is_primary),
        (select coalesce(sum(conversions), 0) from conversion_paths)
    union all
    select
        model || ' credit = primary conversions',
        fsum(conversions),
        (select count(*) from conversions where is_primary)
    from channel_credit
    group by model
    union all
    select
        model || ' credit = revenue',
        fsum(value),
        (select coalesce(sum(value), 0)::double from conversions where is_primary)
    from channel_credit
    group by model
    union all
    select
        model || ' credit cost = cost exports',
        coalesce(fsum(cost), 0),
        (select coalesce(sum(cost), 0)::double from costs)
    from channel_credit
    group by model
    union all
    select
        'cost = cost exports',
        (select coalesce(sum(cost), 0)::double from costs),
        (select cost from exported_costs)
    union all
    select
        'answers = answers of survey scores, over all and per touchpoint',
        2 * (select count(*) from feedback),
        (select coalesce(sum(answers), 0) from survey_scores)
)

select
    rule,
    left_value,
    right_value,
    abs(left_value - right_value) <= 1e-9 * greatest(1, abs(left_value), abs(right_value)) as holds
from rules
