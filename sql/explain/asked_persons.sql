-- purpose: Whose the identifiers are that somebody asks for, or may be.
-- grain: one row per asked identifier and person, one without a person where there is none
-- kind: explain
-- note: what several share (a hub, a disputed one) or nothing ties may be theirs who carry it.
with shared as (
    select type, "key"
    from hubs
    union
    select type, "key"
    from person_identifiers
    where is_disputed
),

told as (
    select type, "key", person_id
    from person_identifiers
    semi join asked_identifiers using (type, "key")
    union
    select type, "key", person_id
    from tied_identifiers
    semi join asked_identifiers using (type, "key")
),

alone as (
    select type, "key", person_id
    from told
    anti join shared using (type, "key")
),

carried as (
    select
        landed_identifiers.type,
        landed_identifiers.key as "key",
        event_persons.person_id
    from landed_identifiers
    semi join asked_identifiers
        on
            landed_identifiers.type = asked_identifiers.type
            and landed_identifiers.key = asked_identifiers.key
    semi join current_rows using (ref)
    inner join event_persons on landed_identifiers.ref = event_persons.ref
    union
    select type, "key", person_id
    from told
),

whose as (
    select type, "key", person_id, true as is_theirs
    from alone
    union all
    select type, "key", person_id, false as is_theirs
    from carried
    anti join alone using (type, "key")
)

select
    asked_identifiers.type,
    asked_identifiers.key as "key",
    shared.type is not null as is_shared,
    whose.person_id,
    coalesce(whose.is_theirs, false) as is_theirs
from asked_identifiers
left join shared
    on
        asked_identifiers.type = shared.type
        and asked_identifiers.key = shared.key
left join whose
    on
        asked_identifiers.type = whose.type
        and asked_identifiers.key = whose.key
