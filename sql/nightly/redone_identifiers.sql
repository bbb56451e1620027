-- purpose: Identifiers whose person may be another from now on.
-- grain: one row per identifier
-- kind: nightly, transient
-- note: all of each component, as it was, that holds a changed one or a partner of a changed hub.
with hub_partners as (
    select identifier_pairs.other_type as type, identifier_pairs.other_key as "key"
    from identifier_pairs
    semi join judged_otherwise
        on
            identifier_pairs.type = judged_otherwise.type
            and identifier_pairs.key = judged_otherwise.key
    union
    select identifier_pairs.type, identifier_pairs.key
    from identifier_pairs
    semi join judged_otherwise
        on
            identifier_pairs.other_type = judged_otherwise.type
            and identifier_pairs.other_key = judged_otherwise.key
),

seeds as (
    select type, "key"
    from changed_identifiers
    union
    select type, "key"
    from hub_partners
),

redone_components as (
    select distinct person_identifiers.component
    from person_identifiers
    semi join seeds using (type, "key")
)

select type, "key"
from seeds

union

select person_identifiers.type, person_identifiers.key
from person_identifiers
semi join redone_components using (component)
