"""A source read in the wrong zone is told from the hours at which its persons are met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from journeyflow.doctor import examine
from journeyflow.doctor.zones import Fit, fits
from journeyflow.simulate.people import HOURS as VISITS
from tests.support.projects import hidden_secret, published, row

DAY = {9: 10, 10: 40, 11: 80, 12: 50, 13: 20}


def hours(day: Mapping[int, int], later: int = 0) -> list[int]:
    return [day.get((hour - later) % 24, 0) for hour in range(24)]


def met(**days: Sequence[int]) -> dict[tuple[str, str], Sequence[int]]:
    """Sources that all know the same persons."""
    return {(one, other): days[one] for one in days for other in days if one != other}


def shifts(found: Mapping[str, Fit | str]) -> dict[str, int]:
    return {name: fit.shift for name, fit in found.items() if isinstance(fit, Fit) and fit.shifted}


@pytest.mark.parametrize("later", [3, -5, 12, -11])
def test_a_shift_is_found_and_does_not_touch_the_others(later: int) -> None:
    found = fits(met(site=hours(DAY), calls=hours(DAY, later), shop=hours(DAY)))
    assert shifts(found) == {"calls": later}
    assert found["site"] == Fit("shop", 0, 0, 0, True)


def test_what_is_apart_is_the_chi_square_of_two_days() -> None:
    """Of two sums that are equal an hour adds (a - b)^2 / (a + b)."""
    one, other = {0: 150, 1: 50}, {0: 50, 1: 100, 2: 50}
    found = fits(met(site=hours(one), calls=hours(other)))["site"]
    assert isinstance(found, Fit)
    assert found.apart == pytest.approx(100**2 / 200 + 50**2 / 150 + 50)
    # Moved on by one hour, 150 meets 100 and 50 meets 50.
    assert (found.shift, found.best) == (-1, pytest.approx(50 + 50**2 / 250))


def test_of_two_the_smaller_is_suspected() -> None:
    double = {hour: 2 * events for hour, events in DAY.items()}
    found = fits(met(site=hours(double), crm=hours(DAY, -4)))
    assert shifts(found) == {"crm": -4}
    none = "too few to tell: no source that is not shifted itself knows its persons"
    assert found["site"] == none


def test_another_shape_of_day_is_no_shift() -> None:
    """Office hours among evening visitors lie earlier, and yet fit nowhere."""
    evening = dict.fromkeys(range(8, 18), 10) | dict.fromkeys(range(18, 24), 50)
    office = dict.fromkeys(range(9, 18), 50)
    assert shifts(fits(met(site=hours(evening), calls=hours(office)))) == {}


@pytest.mark.parametrize(("later", "believed"), [(1, {}), (2, {}), (3, {"crm": 3})])
def test_opening_hours_may_lie_an_hour_or_two_apart(later: int, believed: dict[str, int]) -> None:
    open_hours = dict.fromkeys(range(9, 19), 100)
    longer = hours({hour: 2 * n for hour, n in open_hours.items()})
    assert shifts(fits(met(showroom=longer, crm=hours(open_hours, later)))) == believed


def test_fewer_than_two_hundred_hours_tell_nothing() -> None:
    found = fits(met(site=hours(DAY), calls=hours(DAY | {9: 9}, 3), shop=hours(DAY)))
    few = "too few to tell: 199 hours of persons that site knows, 200 are needed"
    assert found["calls"] == few
    assert isinstance(found["site"], Fit)


def test_two_hours_are_found_in_every_draw_and_nothing_where_nothing_is_shifted() -> None:
    """Two counters of one website, by the simulator's day: flat enough that shares hardly move."""
    chance = np.random.default_rng(7)
    day = VISITS / VISITS.sum()
    for _ in range(40):
        site, counter = chance.multinomial(3000, day), chance.multinomial(2400, day)
        desk = chance.multinomial(600, np.array(hours(dict.fromkeys(range(9, 19), 1))) / 10)
        assert shifts(fits(met(site=[*site], site2=[*counter], crm=[*desk]))) == {}
        moved = np.roll(counter, 2)
        assert shifts(fits(met(site=[*site], site2=[*moved], crm=[*desk]))) == {"site2": 2}


def test_local_times_read_as_utc_are_told_of_the_project(tmp_path: Path) -> None:
    def rows(later: int) -> list[dict[str, object]]:
        """Ann on so many days, at each hour of DAY; what she does twice in an hour is one fact."""
        return [
            row("ann", "", ts=f"2025-{1 + n // 28:02}-{1 + n % 28:02} {hour + later:02}:{at}")
            for hour, events in DAY.items()
            for n in range(events)
            for at in ("10:00", "20:00")
        ]

    published(tmp_path, {"site": rows(0), "calls": rows(3), "shop": rows(0)})
    with hidden_secret(None):
        told = {each.about: each for each in examine(tmp_path) if each.check == "zone"}
    assert {name: each.verdict for name, each in told.items()} == {
        "site": "fine", "calls": "look", "shop": "fine"
    }  # fmt: skip
    # Of 200 each; 50 against 10 at noon and 20 against 40 at one are shared.
    apart = 10 + 40 + 80 + 40**2 / 60 + 20**2 / 60 + 80 + 50 + 20
    moved = f"its day is that of shop, 3 h later (chi-square 0 when moved, {apart:.0f} as it is)"
    assert told["calls"].found == moved
