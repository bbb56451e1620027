-- purpose: Landed rows that share their id with others, and what each of them says.
-- grain: one row per landed row whose (source, row_id) stands in more than one
-- kind: events, transient
-- note: most rows have no rival, and what they say need not be spelled out.
with repeated as (
    select source, row_id
    from row_versions
    group by source, row_id
    having count(*) > 1
),

rivals as (
    select *
    from row_versions
    semi join repeated using (source, row_id)
),

keys as (
    select ref, keys_of("key") as keys
    from landed_identifiers
    semi join rivals using (ref)
    group by ref
),

contents as (
    select landed_events.ref, content_hash(event_content(landed_events, keys.keys)) as content
    from landed_events
    semi join rivals using (ref)
    left join keys using (ref)
    union all
    select landed_costs.ref, content_hash(cost_content(landed_costs))
    from landed_costs
    semi join rivals using (ref)
    union all
    select landed_feedback.ref, content_hash(told_feedback(landed_feedback, keys.keys))
    from landed_feedback
    semi join rivals using (ref)
    left join keys using (ref)
    union all
    select landed_links.ref, content_hash(link_content(landed_links, keys.keys))
    from landed_links
    semi join rivals using (ref)
    left join keys using (ref)
)

select
    rivals.ref,
    rivals.source,
    rivals.row_id,
    rivals.in_force,
    rivals.version_order,
    rivals.place,
    contents.content
from rivals
inner join contents using (ref)
