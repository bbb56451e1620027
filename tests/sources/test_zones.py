from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.sources.zones import ZoneSegment, zone_segments

ZONES = (
    "Europe/Moscow",  # no daylight saving since 2011, and two changes of its base offset
    "Europe/Berlin",
    "America/St_Johns",  # half hours, and changes one minute past midnight until 2011
    "Australia/Lord_Howe",  # daylight saving of half an hour
    "Pacific/Apia",  # skipped a whole day in 2011
    "Pacific/Kwajalein",
    "Africa/Casablanca",  # daylight saving stops for Ramadan
    "America/Sao_Paulo",  # changed at midnight: days without one
    "Asia/Kathmandu",
    "UTC",
)
FIRST, LAST = (datetime.fromisoformat(day) for day in ("1990-01-01", "2040-01-01"))


def segment_of(zone: str, local: datetime) -> ZoneSegment:
    segments = zone_segments(zone, FIRST, LAST)
    return segments[bisect_right(segments, local, key=lambda each: each.local_from) - 1]


def expected(zone: str, local: datetime) -> tuple[datetime | None, str | None]:
    """What zoneinfo makes of a wall-clock time, by PEP 495."""
    info = ZoneInfo(zone)
    early, late = (
        local.replace(tzinfo=info, fold=fold).astimezone(UTC).replace(tzinfo=None)
        for fold in (0, 1)
    )
    back = early.replace(tzinfo=UTC).astimezone(info).replace(tzinfo=None)
    if back != local:
        return None, "nonexistent"
    return early, None if early == late else "ambiguous"


def found(zone: str, local: datetime) -> tuple[datetime | None, str | None]:
    segment = segment_of(zone, local)
    if segment.flag == "nonexistent":
        return None, segment.flag
    return local - timedelta(seconds=segment.offset_s), segment.flag


@given(st.sampled_from(ZONES), st.datetimes(FIRST, LAST))
def test_local_times_mean_what_the_zone_says(zone: str, local: datetime) -> None:
    assert found(zone, local) == expected(zone, local)


@pytest.mark.parametrize("zone", ZONES)
def test_both_sides_of_every_change_are_right(zone: str) -> None:
    for segment in zone_segments(zone, FIRST, LAST)[1:]:
        for step in (-1, 0, 1, 1800):
            local = segment.local_from + timedelta(seconds=step)
            assert found(zone, local) == expected(zone, local), local


def test_a_doubled_hour_takes_the_earlier_reading() -> None:
    local = datetime.fromisoformat("2024-10-27T02:30")
    before = local - timedelta(hours=2)  # summer time was still on
    assert found("Europe/Berlin", local) == (before, "ambiguous")
    after = local + timedelta(minutes=30)
    assert found("Europe/Berlin", after) == (after - timedelta(hours=1), None)


def test_a_skipped_hour_has_no_reading() -> None:
    assert found("Europe/Berlin", datetime.fromisoformat("2024-03-31T02:30")) == (
        None,
        "nonexistent",
    )


def test_a_skipped_day_has_no_reading() -> None:
    assert found("Pacific/Apia", datetime.fromisoformat("2011-12-30T12:00")) == (
        None,
        "nonexistent",
    )
