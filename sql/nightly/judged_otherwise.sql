-- purpose: Changed identifiers that are judged otherwise than before: as a bot's, or as a hub.
-- grain: one row per identifier
-- kind: nightly, transient
-- note: `judged_before` are those that were, `judged_now` those that the considered events show.
with before as (
    select type, "key"
    from judged_before
    semi join changed_identifiers using (type, "key")
),

after as (
    select type, "key"
    from judged_now
    semi join changed_identifiers using (type, "key")
)

select distinct type, "key"
from before
anti join after using (type, "key")

union all

select distinct type, "key"
from after
anti join before using (type, "key")
