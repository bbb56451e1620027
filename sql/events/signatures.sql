-- purpose: The distinct combinations of event fields that the settings' rules look at.
-- grain: one row per combination
-- kind: events, transient
-- note: fields that no rule names are left out, which keeps the combinations few.
select distinct
    rule_signature(landed_events, ordered_files.source, event_channels.channel) as signature
from landed_events
inner join event_channels using (ref)
inner join ordered_files using (file_id)
