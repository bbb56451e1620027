-- purpose: Visits of a Yandex Metrica export whose parameters could not be read, to be told.
-- grain: one row per such visit
-- kind: landing
-- note: the visit counts all the same, without what its parameters would have said.
select
    line,
    511 as part,
    'parsedParamsKey' as fault_column,
    parameters_fault as fault
from metrica_rows
where parameters_fault is not null
