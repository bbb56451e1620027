-- purpose: Which session each web event of a person belongs to.
-- grain: one row per participating event of a session source
-- kind: person, internal
-- note: a gap equal to the timeout does not split; an arrival from another outside source does.
with gaps as (
    select
        person_id,
        event_number,
        ref,
        event_id,
        occurred_at,
        arrival,
        coalesce(
            epoch_us(occurred_at) - epoch_us(lag(occurred_at) over lived) > $session_timeout_us,
            true
        ) as after_gap
    from person_events
    where is_session
    window lived as (partition by person_id order by event_number)
),

stretches as (
    select
        *,
        count(*) filter (after_gap) over (partition by person_id order by event_number) as stretch
    from gaps
),

arrivals_before as (
    select
        *,
        last_value(arrival ignore nulls) over (
            partition by person_id, stretch
            order by event_number
            rows between unbounded preceding and 1 preceding
        ) as arrival_before
    from stretches
),

numbered as (
    select
        *,
        count(*) filter (
            after_gap
            or (
                $new_on_source_change
                and arrival is not null
                and arrival is distinct from arrival_before
            )
        ) over (partition by person_id order by event_number) as session_number
    from arrivals_before
)

select
    person_id,
    event_number,
    ref,
    session_number::integer as session_number
from numbered
