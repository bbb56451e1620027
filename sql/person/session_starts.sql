-- purpose: The events with which sessions begin.
-- grain: one row per session
-- kind: person, transient
-- note: a gap equal to the timeout does not split; an arrival from another outside source does.
with visited as (
    select
        person_id,
        event_number,
        ref,
        source,
        occurred_at,
        arrival,
        mapped_channel,
        coalesce(epoch_us(occurred_at) - epoch_us(visited_before) > $session_timeout_us, true)
            as after_gap
    from person_events
    where is_session
),

-- A session can begin at no other event, and few events are like that.
candidates as (
    select *
    from visited
    where after_gap or ($new_on_source_change and coalesce(arrival, mapped_channel) is not null)
),

looked_back as (
    select
        *,
        max(event_number) filter (after_gap) over through as gap_number,
        last_value(arrival ignore nulls) over earlier as arrival_before,
        last_value(mapped_channel ignore nulls) over earlier as channel_before,
        max(event_number) filter (arrival is not null) over earlier as arrival_number,
        max(event_number) filter (mapped_channel is not null) over earlier as channel_number,
        -- What two exports tell of one moment is one arrival, whatever each of them calls it.
        coalesce(
            occurred_at = last_value(occurred_at) over earlier
            and source <> last_value(source) over earlier,
            false
        ) as is_echo
    from candidates
    window
        through as (partition by person_id order by event_number),
        earlier as (
            partition by person_id
            order by event_number
            rows between unbounded preceding and 1 preceding
        )
),

arrivals_before as (
    select
        * replace (
            case when arrival_number >= gap_number then arrival_before end as arrival_before,
            case when channel_number >= gap_number then channel_before end as channel_before
        )
    from looked_back
)

select ref
from arrivals_before
where
    after_gap
    or (
        not is_echo
        and (
            -- What an event does not tell, be it campaign or channel, has not changed.
            coalesce(arrival <> arrival_before, false)
            or coalesce(mapped_channel <> channel_before, false)
            or coalesce(arrival_before, channel_before) is null
        )
    )
