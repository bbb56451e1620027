-- purpose: The host behind each referrer; the rest of a referrer is not kept.
-- grain: one row per distinct referrer
-- kind: landing
-- note: a referrer without a scheme is taken as a bare host.
select distinct
    referrer,
    lower(
        regexp_extract(referrer, '^(?:[a-z][a-z0-9+.-]*:)?(?://)?(?:[^/?#@]*@)?([^/?#:]+)', 1, 'i')
    ) as host
from raw_rows
where referrer is not null
