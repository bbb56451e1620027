-- purpose: Components that hold more than one person can have, to be joined anew with care.
-- grain: one row per component
-- kind: events, transient
-- note: also where the company knows of two persons, or a lent pool number might join two.
with held as (
    select
        components.component,
        identifiers.type,
        count(*) as identifiers,
        max(person_limits.most) as most
    from components
    inner join identifiers using (node)
    inner join person_limits on identifiers.type = person_limits.type
    group by components.component, identifiers.type
    having count(*) > 1
),

lending as (
    select distinct components.component
    from identifier_edges
    inner join components using (node)
    where identifier_edges.is_lent
)

select distinct held.component
from held
left join lending using (component)
where held.identifiers > held.most or lending.component is not null

union

select component
from kept_apart
