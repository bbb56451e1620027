-- purpose: Persons: who they are in figures, without saying who.
-- grain: one row per person
-- kind: everyone
-- note: a regular converted at least twice; dormant means converted once or more and now silent.
with identifier_counts as (
    select person_id, count(*) as identifiers
    from person_identifiers
    group by person_id
)

select
    person_figures.* exclude (last_sign_at),
    coalesce(identifier_counts.identifiers, 0) as identifiers,
    case
        when person_figures.conversions = 0 then 'prospect'
        when
            epoch_us($observed_until) - epoch_us(person_figures.last_sign_at) > $lost_after_us
            then 'dormant'
        when person_figures.conversions = 1 then 'first-time'
        else 'regular'
    end as lifecycle
from person_figures
left join identifier_counts using (person_id)
