-- purpose: Events of some kinds by day, apart by why they do not take part in journeys.
-- grain: one row per day of the project's zone
-- kind: compare
-- note: amounts are sums of `value`, so that revenue has the same lines as counts.
with asked as (
    select
        timezone($zone, occurred_at)::date as day,
        if($amounts, coalesce(value, 0), 1)::decimal(38, 2) as amount,
        case
            when is_bot then 'bots'
            when person_id is null then 'nobodys'
            when not participates then 'apart'
            when same_conversion_as is not null then 'repeats'
            else 'ours'
        end as standing
    from events
    where
        ($source is null or source = $source)
        and (kind in (select unnest($kinds)) or ($converting and conversion_rules is not null))
)

select
    day,
    sum(amount) as exported,
    coalesce(sum(amount) filter (standing = 'bots'), 0) as bots,
    coalesce(sum(amount) filter (standing = 'nobodys'), 0) as nobodys,
    coalesce(sum(amount) filter (standing = 'apart'), 0) as apart,
    coalesce(sum(amount) filter (standing = 'repeats'), 0) as repeats,
    coalesce(sum(amount) filter (standing = 'ours'), 0) as ours
from asked
group by day
