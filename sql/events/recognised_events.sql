-- purpose: Events that carry an identifier of one person alone.
-- grain: one row per event
-- kind: events, transient
-- note: where two of them name different persons, the one that tells most decides.
select
    event_identifiers.ref,
    min(event_identifiers.occurred_at) as occurred_at,
    arg_min(
        person_identifiers.person_id,
        (
            person_identifiers.rank,
            person_identifiers.first_seen_at,
            person_identifiers.type,
            person_identifiers.key
        )
    ) as person_id
from event_identifiers
anti join bot_events using (ref)
inner join person_identifiers using (type, "key")
where not person_identifiers.is_disputed
group by event_identifiers.ref
