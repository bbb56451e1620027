-- purpose: The variants that most journeys took, of those of enough persons, and all others as one.
-- grain: one row per variant, at most $shown, and one without rank for the others
-- kind: paths
-- note: ties by path. What has fewer journeys than persons are asked for is left out first.
with frequent as (
    select path
    from variant_journeys
    group by path
    having count(*) >= $k
),

ranked as (
    select
        row_number() over (order by count(*) desc, path) as rank,
        path
    from variant_journeys
    semi join frequent using (path)
    group by path
    having count(distinct person_id) >= $k
),

shown as (
    select
        rank,
        path
    from ranked
    where rank <= $shown
)

select
    shown.rank,
    shown.path,
    count(*) as journeys,
    count(distinct person_id) as persons,
    count(*) filter (outcome = 'converted') as converted,
    count(*) filter (outcome = 'lost') as lost,
    count(*) filter (outcome = 'open') as open,
    median(lasted_us) / 1000000 as median_duration_s
from variant_journeys
left join shown using (path)
group by shown.rank, shown.path
order by shown.rank nulls last
