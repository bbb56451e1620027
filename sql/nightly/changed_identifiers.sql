-- purpose: The identifiers of the changed rows.
-- grain: one row per identifier
-- kind: nightly, transient
-- note: only their pace, their partners and their persons can have changed.
with context as (
    select type
    from identifier_types
    where class = 'context'
)

select distinct type, "key"
from landed_identifiers
semi join changed_rows using (ref)
anti join context using (type)
