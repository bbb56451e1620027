-- purpose: How much the figures do not know: parts of the data that they rest on less surely.
-- grain: one row per caveat
-- kind: everyone
-- note: `part` of `whole`; what each means stands in the report.
select
    'events_of_nobody' as caveat,
    count(*) filter (person_id is null) as part,
    count(*) as whole
from events
where not is_bot

union all

select
    'persons_of_one_identifier' as caveat,
    count(*) filter (identifiers <= 1) as part,
    count(*) as whole
from persons

union all

select
    'open_journeys' as caveat,
    count(*) filter (outcome = 'open') as part,
    count(*) as whole
from journeys

union all

select
    'entries_before_coverage' as caveat,
    coalesce(sum(entered - covered), 0)::bigint as part,
    coalesce(sum(entered), 0)::bigint as whole
from stage_conversion
where covered is not null

union all

select
    'touchpoints_of_few' as caveat,
    count(*) filter (persons < 5) as part,
    count(*) as whole
from touchpoint_visits
