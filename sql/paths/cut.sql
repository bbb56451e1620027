-- purpose: The part of each of `paths` that a Sankey shows: its steps, and how it begins and ends.
-- grain: one row per chosen journey that has the start and the end asked for
-- kind: paths
-- note: first_step numbers the first step shown; counted from the end, the last is number $steps.
with labelled as (
    select
        chosen.journey_id,
        chosen.outcome,
        case
            when coalesce(len(paths.path), 0) = 0 then [$none]
            else list_transform(paths.path, lambda label: coalesce(label, $none))
        end as path
    from chosen
    left join paths using (journey_id)
),

started as (
    select
        journey_id,
        outcome,
        case
            when $start_at::text is null then path
            else list_slice(path, list_position(path, $start_at::text), -1)
        end as path
    from labelled
    where $start_at::text is null or list_contains(path, $start_at::text)
),

ended as (
    select
        journey_id,
        outcome,
        path,
        case
            when $end_at::text is null then len(path)
            when $start_at::text is null then list_position(path, $end_at::text)
            -- The start itself is not its own end: with start = end the next one counts.
            else 1 + list_position(list_slice(path, 2, -1), $end_at::text)
        end as length
    from started
)

select
    journey_id,
    case
        when $anchor = 'end' then list_slice(path, greatest(length - $steps, 0) + 1, length)
        else list_slice(path, 1, least(length, $steps))
    end as shown,
    case when $anchor = 'end' then $steps + 1 - least(length, $steps) else 1 end as first_step,
    case
        when $anchor = 'start' then null
        when length > $steps then 'earlier'
        else 'begins'
    end as origin,
    case
        when length < len(path) or ($anchor = 'start' and length > $steps) then 'continues'
        else outcome
    end as fate
from ended
where length is not null and length > 0
