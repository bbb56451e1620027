-- purpose: Which session each web event of a person belongs to.
-- grain: one row per participating event of a session source
-- kind: person, transient
-- note: a gap equal to the timeout does not split; an arrival from another outside source does.
with gaps as (
    select
        person_id,
        event_number,
        ref,
        arrival,
        mapped_channel,
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
        last_value(arrival ignore nulls) over earlier as arrival_before,
        last_value(mapped_channel ignore nulls) over earlier as channel_before
    from stretches
    window
        earlier as (
            partition by person_id, stretch
            order by event_number
            rows between unbounded preceding and 1 preceding
        )
),

numbered as (
    select
        *,
        -- What an event does not tell, be it campaign or channel, has not changed.
        count(*) filter (
            after_gap
            or (
                $new_on_source_change
                and coalesce(arrival, mapped_channel) is not null
                and (
                    coalesce(arrival <> arrival_before, false)
                    or coalesce(mapped_channel <> channel_before, false)
                    or coalesce(arrival_before, channel_before) is null
                )
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
