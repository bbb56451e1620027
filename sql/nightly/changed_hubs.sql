-- purpose: Identifiers that became hubs, or are no longer.
-- grain: one row per identifier
-- kind: nightly, transient
-- note: `fresh_hubs` is what `hubs` says of the considered events.
with before as (
    select type, "key"
    from hubs
    semi join changed_identifiers using (type, "key")
),

after as (
    select type, "key"
    from fresh_hubs
    semi join changed_identifiers using (type, "key")
)

select distinct type, "key"
from before
anti join after using (type, "key")

union all

select distinct type, "key"
from after
anti join before using (type, "key")
