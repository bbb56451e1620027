-- purpose: Hits of a Yandex Metrica export whose goals or parameters could not be read, to be told.
-- grain: one row per such hit
-- kind: landing
-- note: the hit counts all the same, without what these would have said.
select
    line,
    511 as part,
    if(goals_fault is null, 'parsedParamsKey', 'goals') as fault_column,
    coalesce(goals_fault, parameters_fault) as fault
from metrica_hit_rows
where goals_fault is not null or parameters_fault is not null
