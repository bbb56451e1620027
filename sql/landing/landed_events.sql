-- purpose: Sound typed events in the form in which they are kept for good.
-- grain: one row per event of the file
-- kind: landing
-- note: without an id of its own a row is known by its content and by how often that stood before.
with sound as (
    select *
    from typed_rows
    where len(faults) = 0
),

nameless as (
    select *
    from sound
    where event_id is null
),

keys as (
    select
        line,
        part,
        keys_of("key") as keys
    from row_identifiers
    semi join nameless using (line, part)
    group by line, part
),

told as (
    select
        nameless.*,
        content_hash(event_content(nameless, keys.keys)) as content
    from nameless
    left join keys using (line, part)
),

named as (
    select *
    from sound
    where event_id is not null
    union all
    select
        * exclude (content) replace (keyed_id(content::uuid::text || '/' || row_number() over (
            partition by file_of(line), content
            order by line, part
        )) as event_id)
    from told
)

select
    ref_of(ledger_ids.file_id, named.line, named.part) as ref,
    ledger_ids.file_id,
    line_of(named.line) as line,
    named.event_id,
    named.occurred_at,
    named.time_flag,
    named.local_day,
    named.kind,
    named.host,
    named.page,
    named.referrer_host,
    named.channel,
    named.utm_source,
    named.utm_medium,
    named.utm_campaign,
    named.click,
    named.value,
    named.currency,
    named.touchpoint,
    named.stage,
    named.user_agent,
    named.owner,
    named.score,
    named.direction,
    named.answered,
    named.wait_s,
    named.duration_s,
    named.loss_reason,
    named.device,
    named.region,
    named.product,
    named.sequence,
    named.attributes
from named
inner join ledger_ids on file_of(named.line) = ledger_ids.place
