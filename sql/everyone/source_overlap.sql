-- purpose: How many persons of one source another source also knows.
-- grain: one row per pair of sources, also of a source with itself
-- kind: everyone
-- note: a source that shares nobody with the others tells their journeys nothing.
with known as (
    select distinct source, person_id
    from person_events
),

counts as (
    select source, count(*) as persons
    from known
    group by source
),

other as (select distinct source from known)

select
    one.source,
    other.source as other_source,
    max(counts.persons) as persons,
    count(*) filter (shared.person_id is not null) as shared_persons
from counts
inner join source_settings as one on counts.source = one.source
cross join other
inner join known as mine on one.source = mine.source
left join known as shared on other.source = shared.source and mine.person_id = shared.person_id
group by one.source, other.source
