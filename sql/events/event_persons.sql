-- purpose: Whose event each is: by its own identifiers, else by what it hangs on.
-- grain: one row per event that has a person
-- kind: events, transient
-- note: an order, click or hub that points at more than one person decides nothing.
with sound as (
    select *
    from event_identifiers
    anti join bot_events using (ref)
),

known as (
    select ref, person_id
    from recognised_events
    union all
    select ref, person_id
    from shared_browser_events
),

hung as (
    select sound.*
    from sound
    anti join person_identifiers using (type, "key")
),

owned as (
    select
        hung.type,
        hung.key as "key",
        min(known.person_id) as person_id
    from hung
    inner join known using (ref)
    group by hung.type, hung.key
    having count(distinct known.person_id) = 1
),

attached as (
    select
        hung.ref,
        min(owned.person_id) as person_id
    from hung
    inner join owned using (type, "key")
    anti join known using (ref)
    group by hung.ref
    having count(distinct owned.person_id) = 1
)

select ref, person_id, false as attached
from known

union all

select ref, person_id, true as attached
from attached
