-- purpose: Web identifiers that turned out to be a bot's, or not to be.
-- grain: one row per identifier
-- kind: nightly, transient
-- note: `fresh_bots` is what `bot_identifiers` says of the considered events.
with before as (
    select type, "key"
    from bot_identifiers
    semi join changed_identifiers using (type, "key")
),

after as (
    select type, "key"
    from fresh_bots
    semi join changed_identifiers using (type, "key")
)

select distinct type, "key"
from before
anti join after using (type, "key")

union all

select distinct type, "key"
from after
anti join before using (type, "key")
