-- purpose: Waits for the company by how they ended and how long they took, or last by now.
-- grain: one row per waits_for, touchpoint, fate, length, and last sign of who was lost
-- kind: everyone, internal, of journeys
-- note: grouped as wait_counts. A conversion that no answer came before ends the watching alone.
with fates as (
    select
        company_waits.waits_for,
        company_waits.touchpoint,
        case
            when company_waits.answered_at is not null then 'answered'
            when journeys.outcome = 'lost' then 'lost'
            else 'open'
        end as fate,
        epoch_us(
            case
                when company_waits.answered_at is not null then company_waits.answered_at
                when journeys.outcome = 'converted' then journeys.converted_at
                when journeys.outcome = 'open' then $observed_until
                when journeys.ended_by = 'silence'
                    then journeys.ended_at + to_microseconds($lost_after_us)
                else journeys.ended_at
            end
        )
        - epoch_us(company_waits.began_at) as wait_us,
        greatest(epoch_us(journeys.ended_at) - epoch_us(company_waits.began_at), 0) as seen_us,
        company_waits.went_on,
        -- So long after the answer it is settled whether the customer did anything more.
        epoch_us($observed_until) - epoch_us(company_waits.answered_at) > $lost_after_us
            as is_watched
    from company_waits
    inner join journeys using (journey_id)
)

select
    waits_for,
    touchpoint,
    fate,
    floor(1000 * ln(1 + wait_us / 1000000))::integer as size,
    ceil(wait_us / 86400000000)::integer as day,
    case when fate = 'lost' then floor(1000 * ln(1 + seen_us / 1000000))::integer end as seen_size,
    sum(wait_us)::double / count(*) as wait_us,
    sum(case when fate = 'lost' then seen_us end)::double / count(*) as seen_us,
    count(*) as waits,
    count(*) filter (is_watched) as watched,
    count(*) filter (is_watched and went_on) as went_on
from fates
group by all
