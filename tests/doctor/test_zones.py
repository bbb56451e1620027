"""A source read in the wrong zone is told from the hours at which its events happen."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeyflow.doctor import examine
from journeyflow.doctor.zones import Fit, fits
from tests.support.projects import hidden_secret, published, row

DAY = {9: 10, 10: 40, 11: 80, 12: 50, 13: 20}


def hours(day: dict[int, int], later: int = 0) -> list[int]:
    return [day.get((hour - later) % 24, 0) for hour in range(24)]


@pytest.mark.parametrize("later", [3, -5, 12, -11])
def test_a_shift_is_found_and_does_not_touch_the_others(later: int) -> None:
    days = {"site": hours(DAY), "calls": hours(DAY, later), "shop": hours(DAY)}
    found = fits(days)
    assert found["site"] == found["shop"] == Fit(0, 0, 0)
    assert isinstance(found["calls"], Fit)
    assert (found["calls"].shifted, found["calls"].shift, found["calls"].best) == (True, later, 0)


def test_the_misfit_is_half_of_what_the_shares_differ_by() -> None:
    """Of 200: 10, 40, 80, 50-10, 20-40 … against the day three hours on: 340 in all."""
    found = fits({"site": hours(DAY), "calls": hours(DAY, 3), "shop": hours(DAY)})
    assert found["calls"] == Fit(340 / 200 / 2, 3, 0)


def test_of_two_the_smaller_is_suspected() -> None:
    double = {hour: 2 * events for hour, events in DAY.items()}
    found = fits({"site": hours(double), "crm": hours(DAY, -2)})
    assert isinstance(found["crm"], Fit)
    assert (found["crm"].shifted, found["crm"].shift) == (True, -2)
    assert found["site"] == "too few to tell: 0 events of other sources, 200 are needed"


def test_another_shape_of_day_is_no_shift() -> None:
    """Office hours among evening visitors lie earlier, and yet fit nowhere."""
    evening = dict.fromkeys(range(8, 18), 10) | dict.fromkeys(range(18, 24), 50)
    office = dict.fromkeys(range(9, 18), 50)
    found = fits({"site": hours(evening), "calls": hours(office)})
    assert not any(isinstance(each, Fit) and each.shifted for each in found.values())


def test_fewer_than_two_hundred_events_tell_nothing() -> None:
    found = fits({"site": hours(DAY), "calls": hours(DAY | {9: 9}, 3), "shop": hours(DAY)})
    assert found["calls"] == "too few to tell: 199 events, 200 are needed"
    assert isinstance(found["site"], Fit)


def test_local_times_read_as_utc_are_told_of_the_project(tmp_path: Path) -> None:
    def rows(later: int) -> list[dict[str, object]]:
        return [
            row(
                "ann", "03-01 00:00:00", ts=f"2025-03-01 {hour + later:02}:{n % 60:02}:{n // 60:02}"
            )
            for hour, events in DAY.items()
            for n in range(events)
        ]

    published(tmp_path, {"site": rows(0), "calls": rows(3), "shop": rows(0)})
    with hidden_secret(None):
        told = {each.about: each for each in examine(tmp_path) if each.check == "zone"}
    assert {name: each.verdict for name, each in told.items()} == {
        "site": "fine", "calls": "look", "shop": "fine"
    }  # fmt: skip
    moved = "3 h later (misfit 0.00 when moved, 0.85 as it is)"
    assert told["calls"].found.endswith(moved)
