-- purpose: Sound typed costs in the form in which they are kept for good, each on its days.
-- grain: one row per cost row of the file and day that it covers
-- kind: landing
-- note: without an id of its own a row is known by its content and by how often that stood before.
with sound as (
    select
        typed_rows.*,
        last_day - local_day + 1 as days,
        content_hash(
            cost_content(typed_rows) || if(last_day > local_day, '/' || last_day, '')
        ) as content,
        floor(cost * 100)::hugeint as cents
    from typed_rows
    where len(typed_rows.faults) = 0
),

-- Rows of one campaign and range are spread as their sum would be: else each of a thousand rows of
-- one click would put it on the first day.
summed as (
    select
        *,
        row_number() over (partition by file_of(line), content order by line, part) as occurrence,
        row_number() over so_far as turn,
        sum(cents) over so_far as cents_so_far,
        sum(impressions) over so_far as impressions_so_far,
        sum(clicks) over so_far as clicks_so_far
    from sound
    window
        so_far as (
            partition by
                file_of(line), local_day, last_day, source_name, medium, campaign, currency
            order by line, part
            rows between unbounded preceding and current row
        )
),

spread as (
    select *, unnest(range(days)) as day_number
    from summed
)

select
    ref_of(ledger_ids.file_id, spread.line, spread.part + day_number) as ref,
    ledger_ids.file_id,
    line_of(spread.line) as line,
    coalesce(cost_id, keyed_id(
        content::uuid::text || '/' || occurrence || if(days > 1, '/' || day_number, '')
    )) as row_id,
    local_day + day_number::integer as local_day,
    source_name,
    medium,
    campaign,
    day_share(impressions_so_far, days, day_number)
    - day_share(impressions_so_far - impressions, days, day_number) as impressions,
    day_share(clicks_so_far, days, day_number)
    - day_share(clicks_so_far - clicks, days, day_number) as clicks,
    (
        day_share(cents_so_far, days, day_number)
        - day_share(cents_so_far - cents, days, day_number)
    )::decimal(18, 0) * 0.01
    -- What is less than a cent stays whole.
    + if((turn - 1) % days = day_number, cost - cents::decimal(18, 0) * 0.01, 0) as cost,
    currency
from spread
inner join ledger_ids on file_of(spread.line) = ledger_ids.place
