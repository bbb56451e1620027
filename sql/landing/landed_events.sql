-- purpose: Sound typed events in the form in which they are kept for good.
-- grain: one row per event of the file
-- kind: landing
-- note: without an id of its own a row is known by its content and by how often that stood before.
with nameless as (
    select
        line,
        part,
        row_number() over (partition by file_of(line), content order by line, part) as occurrence
    from typed_rows
    where event_id is null and len(faults) = 0
),

sound as (
    select
        typed_rows.*,
        nameless.occurrence
    from typed_rows
    left join nameless using (line, part)
    where len(typed_rows.faults) = 0
)

select
    ledger_ids.file_id::bigint * 68719476736 + line_of(sound.line) * 8 + part as ref,
    ledger_ids.file_id,
    line_of(sound.line) as line,
    coalesce(event_id, keyed_hash(content || occurrence)) as row_id,
    coalesce(event_id, keyed_hash(content || occurrence))
    || case when part > 0 then '/' || part else '' end
        as event_id,
    content,
    occurred_at,
    time_flag,
    local_day,
    kind,
    host,
    page,
    referrer_host,
    channel,
    utm_source,
    utm_medium,
    utm_campaign,
    click,
    value,
    currency,
    touchpoint,
    stage,
    user_agent,
    owner,
    score,
    direction,
    answered,
    wait_s,
    duration_s,
    loss_reason,
    device,
    region,
    product,
    sequence,
    attributes,
    identifiers
from sound
inner join ledger_ids on file_of(sound.line) = ledger_ids.place
