-- purpose: All identifiers of each raw row as one number.
-- grain: one row per raw row that carries an identifier
-- kind: landing
-- note: part of what a row says; keys are hashes, so their order tells nothing.
select
    line,
    part,
    bit_xor("key"::uhugeint)::uuid as keys
from row_identifiers
group by line, part
