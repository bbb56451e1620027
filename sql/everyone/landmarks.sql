-- purpose: Journeys looked at every day of the past at the hour at which observation ends.
-- grain: one row per touchpoint, class of silence, days before the end, and fate within 30 days
-- kind: everyone, internal
-- note: at least 65 days before the end is told as 65; `silences` counts each in its first moment.
with told_by as (
    select
        source,
        count(*) / sum(count(*)) over () as share
    from conversions
    group by source
),

-- Before a source of conversions began, a conversion could not be seen.
told_since as (
    select
        coalesce(min(days_before($observed_until, source_coverage.covered_from)), 1000000) as days
    from told_by
    inner join source_coverage on told_by.source = source_coverage.source
    where told_by.share >= 0.05 and source_coverage.covered_from is not null
),

moments as (
    select
        touchpoint,
        fate,
        fate_days_before,
        begun,
        seen_before_us,
        unnest(range(coalesce(over, 0) + 1, begun + 1)) as days_before
    from pauses
),

silent as (
    select
        *,
        days_before - fate_days_before as days_to_fate,
        seen_before_us - days_before * 86400000000 as silent_us
    from moments
    where days_before <= (select days from told_since)
)

select
    touchpoint,
    silence_class(silent_us) as silent_from_s,
    least(days_before, 65) as days_before,
    case when days_to_fate <= 30 then fate end as fate,
    case when days_to_fate <= 30 then days_to_fate end as days_to_fate,
    count(*) as moments,
    count(*) filter (
        days_before = begun
        or silence_class(silent_us - 86400000000) < silence_class(silent_us)
    ) as silences
from silent
group by 1, 2, 3, 4, 5
