"""The SQL of the report. All of it reads a published store; `$begin`, `$before` bound journeys."""

from __future__ import annotations

BEGUN = """($begin::timestamptz is null or started_at >= $begin::timestamptz)
    and ($before::timestamptz is null or started_at < $before::timestamptz)"""

SUMMARY = f"""
select count(*) as journeys, count(distinct person_id) as persons,
    count(*) filter (outcome = 'converted') as converted,
    count(*) filter (outcome = 'lost') as lost,
    count(*) filter (outcome = 'open') as open,
    coalesce(sum(conversions), 0) as conversions, coalesce(sum(value), 0) as value,
    min(started_at) as first_at, max(started_at) as last_at,
    (select count(*) from journeys) as journeys_in_store
from journeys where {BEGUN}"""

STAGES = """
select c.stage, c.position, s.owner, entered, started_here, advanced, lost, open,
    rate, rate_low, rate_high, covered, reason, rate_so_far, rate_of_closed, covered_from, source,
    wait_median_s, wait_p90_s, exit_touchpoint
from stage_conversion c left join stages s on s.name = c.stage
left join stage_coverage k on k.stage = c.stage
order by c.position"""

CURVES = """
select c.* from stage_curves c join stages s on s.name = c.stage order by s.position, c.day"""

UNMAPPED = f"""
select coalesce(e.touchpoint, '') as touchpoint, count(*) as events,
    count(distinct e.journey_id) as journeys
from events e join journeys j on j.journey_id = e.journey_id
where e.stage is null and {BEGUN}
group by all order by events desc, touchpoint"""

EVENTS_IN_JOURNEYS = f"""
select count(*) as events from events e join journeys j on j.journey_id = e.journey_id
where {BEGUN}"""

CREDIT = """
select model, channel, conversions, value, cost from channel_credit
order by model, channel"""

CREDIT_OF_MONTHS = """
select model, channel, sum(conversions) as conversions, sum(value) as value, sum(cost) as cost
from monthly.channel_credit
where ($first::date is null or month >= $first::date)
  and ($last::date is null or month <= $last::date)
group by all order by model, channel"""

# Steps up to the first conversion: four of five converted journeys have no more than this.
ENOUGH_STEPS = f"""
select quantile_disc(steps, 0.8) as steps from (
    select count(*) as steps from steps s join journeys j on j.journey_id = s.journey_id
    where j.outcome = 'converted' and not s.after_conversion and {BEGUN}
    group by s.journey_id)"""

# A file that was delivered again in another version stands in several rows.
FILES = """
with unmapped as (
    select source, file, count(*) as unmapped from events
    where stage is null and journey_id is not null group by all
)
select f.source, f.file, sum(f.rows_read) as rows_read, sum(f.rows_used) as rows_used,
    sum(f.duplicates) as duplicates, sum(f.rejects) as rejects, sum(f.skipped) as skipped,
    coalesce(max(u.unmapped), 0) as unmapped,
    min(f.first_event_at) as first_event_at, max(f.last_event_at) as last_event_at
from files f left join unmapped u on u.source = f.source and u.file = f.file
group by f.source, f.file
order by f.source, f.file"""

SKIPPED = """
select source, reason, sum(rows) as rows, min(file) as file from skipped
group by all order by rows desc, source, reason"""

# The reasons exclude each other, so that a row adds up.
OUTSIDE = """
with placed as (
    select source, case
        when journey_id is not null then 'in_journeys'
        when is_bot then 'bots'
        when person_id is null then 'nobody'
        when participates then 'company'
        when occurred_at > (select observed_until from project) then 'later'
        else 'excluded'
    end as place
    from events
)
select source, place, count(*) as events from placed group by all order by all"""

REJECTS = """
select source, "column", reason, count(*) as rows, arg_min(file, (file, line)) as file,
    arg_min(line, (file, line)) as line
from rejects group by all order by rows desc, source, "column", reason"""

RESTATED = """
select restated_at, figure, reason, count(*) as days, min(day) as first_day, max(day) as last_day,
    sum(greatest(moved, 0)) as up, sum(least(moved, 0)) as down,
    array_to_string(list_sort(list_distinct(flatten(list(reports)))), chr(10)) as reports
from restatements group by run_id, restated_at, figure, reason
order by restated_at desc, run_id desc, figure, reason"""

RECONCILIATION = """
select rule, cast(left_value as varchar) as left_value,
    cast(right_value as varchar) as right_value, coalesce(holds, false) as holds
from reconciliation order by holds, rule"""

WARNINGS = "select warning from warnings order by all"

PROJECT = "select * from project"

OVERLAP = "select source, other_source, shared_persons from source_overlap order by all"

# Where conversions happen; the third and further such touchpoints earn no place by themselves.
SUCCESSES = """
with converting as (
    select arg_max(touchpoint, step_number) as touchpoint
    from steps semi join (from journeys where outcome = 'converted') using (journey_id)
    where not after_conversion group by journey_id
)
select touchpoint from converting group by touchpoint order by count(*) desc, touchpoint limit 2"""

CRITICAL_POINTS = "from critical_points order by level, exits desc, visits desc, point"

WEAKEST_LINKS = "from weakest_links order by level, rank, link"

LOSS_REASONS = """
from loss_reasons order by journeys desc, exit_touchpoint, loss_reason, ended_by"""

CAVEATS = "select caveat, part, whole from caveats"

SILENCES = "select day, come_back from silences"

TOUCHPOINT_WAITS = "from touchpoint_waits order by wait_share desc, touchpoint"

# A day is what a promise of an answer is mostly made in; where nobody waits so long, less.
ANSWERS = """
with answered as (
    select waits_for, touchpoint, median(wait_s) as median_s
    from company_waits where wait_s is not null group by all
)
from patience_whatif left join answered using (waits_for, touchpoint)
where within_s <= 86400
qualify row_number() over (partition by waits_for, touchpoint order by within_s desc) = 1
order by waits desc, touchpoint, waits_for"""

HANDOVERS = "from handovers where from_owner <> to_owner order by wait_share desc, from_owner"

KEY_FIGURES = "from key_figures order by figure, week"

CHANGE_EFFECTS = "from change_effects order by change_number, rowid"

OUTLOOK = "from outlook where touchpoint = '(any)' order by silent_from_s"

CALIBRATION = "from outlook_calibration where part = 'all'"

LATE_DEALS = """
select touchpoint, owner, count(*) as deals, max(late_after_s) as late_after_s,
    max(standing_s) as longest_s, sum(value) as value
from late_deals group by all order by deals desc, touchpoint, owner"""
