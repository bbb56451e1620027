-- purpose: Whose the events of a browser are that several persons use: it is cut in time.
-- grain: one row per event of a disputed browser that nothing else ties to a person
-- kind: events, transient
-- note: a visit is theirs who are recognised in it, else theirs who were recognised before.
with acts as (
    select
        event_identifiers.ref,
        person_identifiers.browser,
        min(event_identifiers.occurred_at) as occurred_at,
        min(recognised_events.person_id) filter (not event_identifiers.is_lent) as person_id,
        bool_or(recognised_events.ref is not null) as is_recognised
    from event_identifiers
    anti join bot_events using (ref)
    inner join person_identifiers using (type, "key")
    left join recognised_events using (ref)
    where person_identifiers.browser is not null
    group by event_identifiers.ref, person_identifiers.browser
),

moments as (
    select
        acts.*,
        -- Equal moments must not be told apart by the order of files.
        min(acts.person_id) over (partition by acts.browser, acts.occurred_at) as holder,
        coalesce(
            epoch_us(acts.occurred_at) - epoch_us(lag(acts.occurred_at) over (
                partition by acts.browser order by acts.occurred_at
            )) > $session_timeout_us,
            true
        ) as begins
    from acts
),

visits as (
    select
        *,
        count(*) filter (begins) over (
            partition by browser
            order by occurred_at
            range between unbounded preceding and current row
        ) as visit
    from moments
),

turns as (
    select
        ref,
        occurred_at,
        is_recognised,
        coalesce(
            arg_max(holder, occurred_at) filter (holder is not null) over in_visit_before,
            arg_min(holder, occurred_at) filter (holder is not null) over in_visit_after,
            arg_max(holder, occurred_at) filter (holder is not null) over before,
            arg_min(holder, occurred_at) filter (holder is not null) over whole
        ) as person_id
    from visits
    window
        in_visit_before as (
            partition by browser, visit
            order by occurred_at
            range between unbounded preceding and current row
        ),
        in_visit_after as (
            partition by browser, visit
            order by occurred_at
            range between current row and unbounded following
        ),
        before as (
            partition by browser
            order by occurred_at
            range between unbounded preceding and current row
        ),
        whole as (partition by browser)
)

select
    ref,
    min(occurred_at) as occurred_at,
    min(person_id) as person_id
from turns
where not is_recognised and person_id is not null
group by ref
