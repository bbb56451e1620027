-- purpose: Nodes and links of a step-wise Sankey over `paths` of the chosen journeys.
-- grain: one row per node, and one per link between nodes of neighbouring steps
-- kind: paths
-- note: rare labels are renamed per journey before counting, so that no column loses anybody.
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
),

complete as (
    select
        journey_id,
        list_slice(path, 1, least(length, $steps)) as shown,
        case
            when length > $steps or length < len(path) then 'continues'
            else outcome
        end as fate
    from ended
    where length is not null and length > 0
),

shown as (
    select
        journey_id,
        unnest(shown) as label,
        unnest(range(1, len(shown) + 1)) as step
    from complete
),

ranked as (
    select
        step,
        label,
        row_number() over (partition by step order by count(*) desc, label) as rank
    from shown
    group by step, label
),

stations as (
    select
        shown.journey_id,
        shown.step,
        case when ranked.rank <= $top then 'touchpoint' else 'other' end as kind,
        case when ranked.rank <= $top then shown.label end as label
    from shown
    inner join ranked
        on
            shown.step = ranked.step
            and shown.label = ranked.label
    union all
    select
        journey_id,
        len(shown) + 1,
        fate,
        null
    from complete
)

select
    'node' as part,
    step,
    kind,
    label,
    null as to_kind,
    null as to_label,
    count(*) as journeys
from stations
group by step, kind, label

union all

select
    'link' as part,
    one.step,
    one.kind,
    one.label,
    other.kind as to_kind,
    other.label as to_label,
    count(*) as journeys
from stations as one
inner join stations as other
    on
        one.journey_id = other.journey_id
        and other.step = one.step + 1
group by one.step, one.kind, one.label, other.kind, other.label
