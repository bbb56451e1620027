-- purpose: Conversions and value that each channel is credited with, beside what it cost.
-- grain: one row per model and channel
-- kind: everyone, monthly
-- note: conversions without touches are (no touch); costs without conversions keep their row.
with models as (
    select unnest(['first', 'last', 'linear']) as model
),

primary_conversions as (
    select
        conversion_id,
        coalesce(value, 0) as value
    from conversions
    where is_primary
),

touched as (
    select
        primary_conversions.conversion_id,
        primary_conversions.value,
        coalesce(conversion_touches.channel, '(no touch)') as channel,
        coalesce(conversion_touches.position, 1) as position,
        count(*) over (partition by primary_conversions.conversion_id) as touches
    from primary_conversions
    left join conversion_touches using (conversion_id)
),

shares as (
    select
        models.model,
        touched.channel,
        case models.model
            when 'first' then (touched.position = 1)::integer::double
            when 'last' then (touched.position = touched.touches)::integer::double
            else 1 / touched.touches
        end as share,
        touched.value
    from touched
    cross join models
),

credit as (
    select
        model,
        channel,
        fsum(share) as conversions,
        fsum(share * value::double) as value
    from shares
    group by model, channel
),

spend as (
    select
        models.model,
        costs.channel,
        sum(costs.cost)::double as cost
    from costs
    cross join models
    group by models.model, costs.channel
)

select
    coalesce(credit.model, spend.model) as model,
    coalesce(credit.channel, spend.channel) as channel,
    coalesce(credit.conversions, 0) as conversions,
    null::double as conversions_se,
    coalesce(credit.value, 0) as value,
    null::double as value_se,
    spend.cost,
    case when spend.cost > 0 then coalesce(credit.value, 0) / spend.cost end as roas
from credit
full join spend on credit.model = spend.model and credit.channel = spend.channel
