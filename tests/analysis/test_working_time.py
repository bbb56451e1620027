"""Working time: counted minute by minute on the wall clock, and told by the SQL of the waits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.working_time import working_hours
from journeyflow.calendars import Week, week_of
from journeyflow.warehouse.models import load_model

MINUTE = timedelta(minutes=1)
#: A day on which something happens to the clock, or to an ordinary one.
DAYS = [
    ("Europe/London", datetime(2025, 3, 30, tzinfo=UTC)),  # 01:00 to 02:00 is skipped
    ("Europe/London", datetime(2025, 10, 26, tzinfo=UTC)),  # 01:00 to 02:00 comes twice
    ("Australia/Lord_Howe", datetime(2025, 4, 5, 12, tzinfo=UTC)),  # half an hour comes twice
    ("America/St_Johns", datetime(2007, 3, 11, tzinfo=UTC)),  # one minute past midnight
    ("Pacific/Apia", datetime(2011, 12, 30, 4, tzinfo=UTC)),  # a whole day is skipped
    ("Asia/Kathmandu", datetime(2025, 1, 6, tzinfo=UTC)),
]
times = st.sampled_from([0, 30, 60, 90, 100, 120, 539, 540, 780, 1080, 1410, 1440])
days = st.lists(times, unique=True, max_size=4).map(sorted)


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    """Up to two stretches of hours on each day; with an odd number of times the last is left."""
    return tuple(
        tuple(zip(each[::2], each[1::2], strict=False))
        for each in draw(st.lists(days, min_size=7, max_size=7))
    )


def worked(
    hours: dict[str, list[tuple[datetime, datetime, int]]], spans: list[tuple[datetime, datetime]]
) -> dict[str, list[float]]:
    """What a run says of the spans, as waits between steps, in seconds by each calendar."""
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        columns = ["calendar", "opens_at", "closes_at", "worked_before_s"]
        rows = [(name, *each) for name, found in hours.items() for each in found]
        con.register("given_hours", pd.DataFrame(rows, columns=columns))
        con.execute(
            "create table working_hours as select calendar::text as calendar, "
            "opens_at::timestamptz as opens_at, closes_at::timestamptz as closes_at, "
            "worked_before_s::bigint as worked_before_s from given_hours"
        )
        con.execute(
            "create table steps (from_touchpoint text, touchpoint text, entered_at timestamptz, "
            "wait_s double, after_conversion boolean, records_loss boolean, journey_id text, "
            "step_number bigint, left_at timestamptz); "
            "create table journeys (journey_id text, outcome text, ended_by text, "
            "ended_at timestamptz, steps bigint); "
            "create table touchpoint_calendars (touchpoint text, owner text, calendar text)"
        )
        con.executemany(
            "insert into steps values ('from', $1, $2, $3, false, false, 'j', 2, $2)",
            [
                (f"{n:04}", until, (until - since).total_seconds())
                for n, (since, until) in enumerate(spans)
            ],
        )
        model = load_model("everyone", "wait_counts")
        until = {"observed_until": datetime.now(UTC), "lost_after_us": 0}
        con.execute(f"create table told as {model.sql}", model.bind(until))
        found = con.execute(
            "select calendar, list(wait_us / 1e6 order by to_touchpoint) from told "
            "where calendar is not null group by calendar"
        ).fetchall()
    return dict(found)


def minutes_worked(
    week: Week, holidays: set[date], zone: str, since: datetime, until: datetime
) -> int:
    """The definition: every minute that begins while the wall clock shows working hours."""
    found, moment = 0, since
    while moment < until:
        local = moment.astimezone(ZoneInfo(zone))
        minute = local.hour * 60 + local.minute
        hours = () if local.date() in holidays else week[local.weekday()]
        found += any(opens <= minute < closes for opens, closes in hours)
        moment += MINUTE
    return found


@given(
    weeks(), st.sampled_from(DAYS), st.lists(st.integers(0, 2), max_size=2),
    st.lists(st.integers(-1500, 1500), min_size=3, max_size=3).map(sorted),
)  # fmt: skip
def test_working_time_is_what_the_wall_clock_shows_minute_by_minute(
    week: Week, place: tuple[str, datetime], free: list[int], cuts: list[int]
) -> None:
    zone, day = place
    holidays = {day.date() + timedelta(days=each) for each in free}
    first, middle, last = (day + cut * MINUTE for cut in cuts)
    hours = working_hours(week, holidays, zone, first, last)
    expected = minutes_worked(week, holidays, zone, first, last) * 60
    if not hours:
        assert expected == 0
        return
    spans = [(first, last), (first, middle), (middle, last)]
    whole, before, after = worked({"office": hours}, spans)["office"]
    assert whole == expected
    assert before + after == whole <= (last - first).total_seconds()
    for (_, closes, _), (opens, _, _) in pairwise(hours):
        assert closes <= opens


def test_a_night_and_a_weekend_do_not_count() -> None:
    week = week_of({"mon-thu": "09:00-13:00, 14:00-18:00", "fri": "9:00-13:00"})
    friday, monday = datetime(2025, 10, 24, 9, tzinfo=UTC), datetime(2025, 10, 27, 9, tzinfo=UTC)
    hours = {
        "London": working_hours(week, (), "Europe/London", friday, monday),
        "round": working_hours(week_of({"mon-sun": "00:00-24:00"}), (), "UTC", friday, monday),
    }
    # Friday 9:00 UTC is 10:00 in London, so three hours are left; on Monday the clock is back.
    found = worked(hours, [(friday, monday), (friday, friday + timedelta(seconds=1.5))])
    assert found == {"London": [3 * 3600, 1.5], "round": [72 * 3600, 1.5]}


@pytest.mark.parametrize(
    ("hours", "fault"),
    [
        ({"monday": "09:00-18:00"}, "found 'monday'"),
        ({"mon-": "09:00-18:00"}, "found 'mon-'"),
        ({"mon-wed": "09:00-18:00", "tue": "09:00-12:00"}, "tue stands twice"),
        ({"mon": "9-18"}, "found '9-18'"),
        ({"mon": "09:00-24:30"}, "found '09:00-24:30'"),
        ({"mon": "09:00-12:75"}, "found '09:00-12:75'"),
        ({"mon": ""}, "found ''"),
        ({"fri": "22:00-06:00"}, "past midnight stands with the next day"),
        ({"fri": "09:00-13:00, 12:00-18:00"}, "one after the other"),
    ],
)
def test_hours_that_make_no_week_are_refused(hours: dict[str, str], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        week_of(hours)


def test_days_may_reach_over_the_end_of_the_week() -> None:
    week = week_of({"sat-mon": "00:00-24:00"})
    assert [bool(each) for each in week] == [True, False, False, False, False, True, True]
