-- purpose: Persons: who they are in figures, without saying who.
-- grain: one row per person
-- kind: everyone
-- note: `lifecycle` is as of the day on which the observation ends, the first word that holds.
with identifier_counts as (
    select person_id, count(*) as identifiers
    from person_identifiers
    group by person_id
),

-- All that a person converted to on one day is one order.
bought as (
    select
        person_id,
        count(distinct timezone(getvariable('zone'), occurred_at)::date) as orders,
        max(timezone(getvariable('zone'), occurred_at)::date) as last_order_on
    from conversions
    where is_primary
    group by person_id
),

advocated as (
    select
        events.person_id,
        max(timezone(getvariable('zone'), events.occurred_at)::date) as last_advocacy_on
    from events
    inner join kind_roles
        on
            kind_roles.role = 'advocacy'
            and events.kind = kind_roles.kind
            and events.source = coalesce(kind_roles.source, events.source)
    where events.participates
    group by events.person_id
),

-- Whoever was a promoter may be none any more.
answered as (
    select
        person_id,
        max_by(score >= 9, (occurred_at, feedback_id)) as is_promoter,
        max(timezone(getvariable('zone'), occurred_at)::date) as answered_on
    from feedback
    where
        $promoters
        and kind = 'nps'
        and respondent = 'customer'
        and is_nps_scale(scale_min, scale_max)
        and occurred_at <= $observed_until
    group by person_id
),

praised as (
    select
        person_figures.person_id,
        greatest(
            advocated.last_advocacy_on, if(answered.is_promoter, answered.answered_on, null)
        ) as last_advocacy_on
    from person_figures
    left join advocated using (person_id)
    left join answered using (person_id)
)

select
    person_figures.* exclude (last_sign_at),
    coalesce(identifier_counts.identifiers, 0) as identifiers,
    case
        when bought.orders is null then 'prospect'
        when
            timezone(getvariable('zone'), $observed_until)::date
            - greatest(bought.last_order_on, praised.last_advocacy_on)
            > $dormant_after_days
            then 'dormant'
        when praised.last_advocacy_on is not null then 'advocate'
        when bought.orders = 1 then 'first-time'
        else 'regular'
    end as lifecycle
from person_figures
inner join praised using (person_id)
left join bought using (person_id)
left join identifier_counts using (person_id)
