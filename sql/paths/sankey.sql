-- purpose: Nodes and links of a step-wise Sankey over the `cut` paths of journeys.
-- grain: one row per node, and one per link between nodes of neighbouring steps
-- kind: paths
-- note: rare labels are renamed per journey before counting, so that no column loses anybody.
with shown as (
    select
        journey_id,
        unnest(shown) as label,
        unnest(range(first_step, first_step + len(shown))) as step
    from cut
),

ranked as (
    select
        step,
        label,
        row_number() over (
            partition by step
            order by list_contains($named::text[], label) desc, count(*) desc, label
        ) as rank
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
        first_step + len(shown),
        fate,
        null
    from cut
    union all
    select
        journey_id,
        first_step - 1,
        origin,
        null
    from cut
    where origin is not null
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
