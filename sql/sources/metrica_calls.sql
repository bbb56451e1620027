-- purpose: Offline calls that Yandex Metrica attached to visits, as raw events.
-- grain: one row per call
-- kind: landing
-- note: a call has no time of its own; its goal's, where it is named, else that of its visit.
with judged as (
    select
        *,
        [calls_missed, call_talk_times, call_hold_times, call_tags, calls_first] as arrays,
        -- Of goals that do not fit together nobody knows whose time is whose.
        case
            when goals_fault is null
                then list_transform(
                    list_filter(
                        list_zip(goals, goal_times),
                        lambda g: list_contains(getvariable('call_goals'), g[1])
                    ),
                    lambda g: g[2]
                )
        end as call_times
    from metrica_rows
    where skip_reason is null
),

counted as (
    select
        *,
        group_fault(arrays, 63) as calls_fault,
        coalesce(
            calls_missed, call_talk_times, call_hold_times, call_tags, calls_first
        ) as calls
    from judged
    where tells(arrays)
),

numbered as (
    select
        *,
        -- Only where each call has its goal can their times be told.
        coalesce(
            len(call_times) = len(calls)
            and len(list_filter(call_times, lambda t: moment_inside(t) is null)) = 0,
            false
        ) as is_timed,
        places_of(calls, calls_fault) as place
    from counted
)

select
    line,
    447 + place as part,
    visit || '/call ' || place as event_id,
    if(is_timed, call_times[place], started_at) as occurred_at,
    case when is_timed then instant_inside(call_times[place]) end as instant,
    day,
    'call' as kind,
    'in' as direction,
    case clean(calls_missed[place]) when '1' then 'false' when '0' then 'true' end as answered,
    clean(call_hold_times[place]) as wait_s,
    clean(call_talk_times[place]) as duration_s,
    user_agent,
    region,
    (447 + place)::text as sequence,
    identifiers,
    map_concat(
        attributes,
        told_attributes([
            {'key': 'offline', 'value': 'true'},
            {'key': 'time', 'value': if(is_timed, null, 'of its visit')},
            {'key': 'tag', 'value': known(call_tags[place])},
            {
                'key': 'first_time',
                'value': case clean(calls_first[place])
                    when '1' then 'true'
                    when '0' then 'false'
                end
            }
        ])
    ) as attributes,
    'offlineCall' as fault_column,
    calls_fault as fault
from numbered
