-- purpose: The ids of every shared browser in which a considered event was made.
-- grain: one row per identifier
-- kind: nightly, transient
-- note: one event of such a browser may tell whose many others are.
with browsers as (
    select distinct person_identifiers.browser
    from person_identifiers
    semi join event_identifiers using (type, "key")
    where person_identifiers.browser is not null
)

select person_identifiers.type, person_identifiers.key as "key"
from person_identifiers
semi join browsers using (browser)
