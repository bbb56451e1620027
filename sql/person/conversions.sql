-- purpose: Conversions, each counted once whatever number of sources reported it.
-- grain: one row per conversion
-- kind: person
-- note: `is_primary` conversions earn channel credit; all of them end a journey in success.
select
    conversion_claims.conversion_id,
    conversion_claims.person_id,
    event_places.journey_id,
    conversion_claims.name,
    conversion_claims.occurred_at,
    conversion_claims.value::decimal(18, 2) as value,
    conversion_claims.source,
    conversion_claims.is_primary,
    conversion_claims.event_number,
    month_of(conversion_claims.occurred_at) as month
from conversion_claims
left join event_places using (ref)
where conversion_claims.stands
