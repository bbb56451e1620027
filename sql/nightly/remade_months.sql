-- purpose: Months of which a journey, a conversion or a cost is made anew.
-- grain: one row per month of the project's zone
-- kind: nightly, transient
-- note: asked before and after. `paths_only`: a conversion takes touches of journeys lost before.
with remade as (
    select journeys.month, false as paths_only
    from journeys
    inner join touched_persons using (person_id)
    where journeys.journey_number > touched_persons.journeys_before

    union all

    select conversions.month, false
    from conversions
    inner join touched_persons using (person_id)
    where conversions.event_number > touched_persons.events_before

    union all

    select date_trunc('month', landed_costs.local_day)::date, false
    from landed_costs
    semi join changed_rows using (ref)

    union all

    select journeys.month, true
    from conversions
    inner join touched_persons using (person_id)
    inner join journeys using (person_id)
    where
        conversions.event_number > touched_persons.events_before
        and journeys.started_at < conversions.occurred_at
        and epoch_us(conversions.occurred_at) - epoch_us(journeys.ended_at) <= $lookback_us
)

select month, bool_and(paths_only) as paths_only
from remade
group by month
