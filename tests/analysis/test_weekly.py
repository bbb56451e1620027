"""Key figures of weeks, from counts written by hand or drawn at random."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from journeyflow.analysis.week_figures import FIGURES
from journeyflow.analysis.weekly import key_figures

MONDAY = date(2026, 1, 5)
DAY = 86_400.0
Week = dict[str, Any]
PLAIN: Week = {
    "horizon_days": 14, "is_complete": True, "is_mature": True, "repeat_is_mature": True,
    "journeys": 100, "converted": 10, "waits_s": [DAY] * 10, "buyers": 10, "repeated": 3,
    "conversions": 10, "total_value": Decimal("1000.00"), "value_squares": 100_000.0,
    "total_cost": Decimal("300.00"), "volume_changing": 0.0, "conversion_changing": 0.0,
    "repeat_changing": 0.0, "value_changing": 0.0,
}  # fmt: skip


def weeks(*told: Week) -> pd.DataFrame:
    """Weeks that follow each other: a plain one each, but for what is told."""
    rows = [PLAIN | each | {"week": MONDAY + timedelta(weeks=n)} for n, each in enumerate(told)]
    return pd.DataFrame(rows, columns=["week", *PLAIN])


def figure(table: pd.DataFrame, name: str) -> list[Any]:
    return list(table[table["figure"] == name].itertuples())


def last(table: pd.DataFrame, name: str) -> Any:
    return figure(table, name)[-1]


def test_a_week_beside_the_week_before_by_hand() -> None:
    before = {"journeys": 80, "converted": 48, "waits_s": np.arange(1, 49) * DAY}
    after = {"journeys": 70, "converted": 56, "waits_s": np.arange(1, 57) * DAY}
    table = key_figures(weeks(before, after))
    conversion = last(table, "conversion")
    # Newcombe (1998), table II, method 10: 56 / 70 less 48 / 80.
    change = (conversion.change, conversion.change_low, conversion.change_high)
    assert change == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert (conversion.value, conversion.previous, conversion.n) == (0.8, 0.6, 70)
    wait = last(table, "time_to_purchase_s")
    assert (wait.value, wait.previous, wait.change) == (28.5 * DAY, 24.5 * DAY, 4 * DAY)
    assert (last(table, "new_journeys").value, last(table, "new_journeys").change) == (70, -10)
    assert figure(table, "conversion")[0].reason == "nothing_before"


def test_money_is_exact_beside_its_quotient() -> None:
    value, cost = Decimal("9999999999999.99"), Decimal("0.03")
    money = {"total_value": value, "total_cost": cost}
    table = key_figures(weeks(*[PLAIN] * 6, money))
    found = last(table, "total_value_by_total_cost")
    assert (found.total_value, found.total_cost) == (value, cost)
    assert found.value == float(value / cost)
    assert table[table["figure"] != "total_value_by_total_cost"]["total_cost"].isna().all()
    # 10 conversions of 100 each, 1000 / 300; Poisson, but known from four weeks alone:
    # Student's quantile for 2.25 degrees of freedom is 3.88.
    usual = figure(table, "total_value_by_total_cost")[5]
    half = 3.88 * np.sqrt(100_000) / 300
    assert (usual.value, usual.high) == pytest.approx((10 / 3, 10 / 3 + half), rel=2e-3)


def test_the_scatter_of_the_weeks_before_decides_what_is_noise() -> None:
    quiet = [{"journeys": n} for n in (1000, 1010, 990, 1000, 1010, 1000, 990, 1000)]
    wild = [{"journeys": n} for n in (1000, 1300, 800, 1100, 700, 1200, 900, 1000)]
    fall = {"journeys": 700}
    assert last(key_figures(weeks(*quiet, fall)), "new_journeys").is_more_than_noise
    assert not last(key_figures(weeks(*wild, fall)), "new_journeys").is_more_than_noise
    # Of five weeks there are two pairs before the last two: too few to tell.
    few = last(key_figures(weeks(*quiet[:4], fall)), "new_journeys")
    assert (few.reason, few.change) == ("scatter_unknown", -300)
    assert pd.isna(few.is_more_than_noise)


def test_a_week_that_is_not_whole_is_marked_and_not_compared() -> None:
    part = {"is_complete": False, "journeys": 5, "is_mature": False, "repeat_is_mature": False}
    table = key_figures(weeks(part, *[PLAIN] * 6, part))
    for place in (0, 1, 7):
        found = figure(table, "new_journeys")[place]
        assert (found.reason, found.is_complete) == ("incomplete_week", place == 1)
        assert pd.isna(found.change)
        assert pd.isna(found.is_more_than_noise)


def test_a_change_of_sources_is_no_event() -> None:
    calm = [{"journeys": 1000 + n % 3} for n in range(10)]
    gone = {"journeys": 300, "volume_changing": 0.4, "converted": 0, "waits_s": []}
    table = key_figures(weeks(*calm, gone))
    found = last(table, "new_journeys")
    assert (found.reason, found.change) == ("source_changed", -700)
    assert pd.isna(found.p)
    assert last(table, "conversion").p < 0.2  # the sources of conversions were there
    assert (
        last(key_figures(weeks(*calm, gone | {"volume_changing": 0.04})), "new_journeys").q < 0.05
    )


def test_what_sources_did_is_no_scatter() -> None:
    calm = [{"journeys": 1000 + 10 * (n % 3)} for n in range(4)]
    jump = {"journeys": 5000, "volume_changing": 0.8}
    table = key_figures(weeks(*calm, jump, *[{"journeys": 5000}] * 4, {"journeys": 4000}))
    assert last(table, "new_journeys").is_more_than_noise


def test_each_monday_is_one_family() -> None:
    # Of the week from January 5 all is known on these Mondays: the week after, two weeks later,
    # and 90 days, so 13 weeks, later.
    first = key_figures(weeks(PLAIN)).set_index("figure")["known_on"]
    assert first["new_journeys"] == first["total_value_by_total_cost"] == date(2026, 1, 12)
    assert first["conversion"] == first["time_to_purchase_s"] == date(2026, 1, 26)
    assert first["repeat_rate"] == date(2026, 4, 13)


@st.composite
def histories(draw: st.DrawFn) -> pd.DataFrame:
    """Weeks of any sort: small or large, mature or not, with and without costs."""
    count = draw(st.integers(0, 12))
    mature, repeated, whole = (draw(st.integers(0, count)) for _ in range(3))
    dice = np.random.default_rng(draw(st.integers(0, 999)))
    size = draw(st.sampled_from([0, 3, 200]))
    rows = []
    for week in range(count):
        journeys, buyers, conversions = dice.integers(0, size + 1, 3)
        converted = int(dice.integers(0, journeys + 1))
        values = dice.integers(0, 100, conversions)
        cost = dice.choice([None, Decimal(0), Decimal("7.50")])
        rows.append(
            {
                "is_complete": week < whole, "is_mature": week < mature,
                "repeat_is_mature": week < repeated, "journeys": int(journeys),
                "converted": converted, "waits_s": dice.integers(0, 9, converted) * 1.0,
                "buyers": int(buyers), "repeated": int(dice.integers(0, buyers + 1)),
                "conversions": int(conversions), "total_value": Decimal(int(values.sum())),
                "value_squares": float((values**2).sum()), "total_cost": cost,
                "volume_changing": dice.choice([0.0, 0.0, 0.5]),
            }
        )  # fmt: skip
    return weeks(*rows)


@given(histories(), st.integers(0, 99))
def test_any_weeks_have_rows_with_figures_or_reasons(told: pd.DataFrame, seed: int) -> None:
    table = key_figures(told)
    assert len(table) == len(FIGURES) * len(told)
    again = key_figures(told.sample(frac=1, random_state=seed))
    pd.testing.assert_frame_equal(table, again)
    pd.testing.assert_series_equal(table.dtypes, key_figures(weeks()).dtypes)
    assert not np.isinf(table.select_dtypes("float64")).to_numpy().any()
    by_week = told.set_index("week")
    for row in table.itertuples():
        mature = {
            "conversion": "is_mature", "time_to_purchase_s": "is_mature",
            "repeat_rate": "repeat_is_mature",
        }.get(row.figure)  # fmt: skip
        if mature and not by_week.loc[row.week, mature]:
            assert (row.reason, pd.isna(row.value), pd.isna(row.change)) == (
                "not_mature",
                True,
                True,
            )
        assert pd.isna(row.is_more_than_noise) == pd.notna(row.reason)
        assert pd.isna(row.q) == pd.isna(row.p) == pd.notna(row.reason)
        if pd.notna(row.q):
            assert row.is_complete
            assert row.is_more_than_noise == (row.q <= 0.05)
    for _, family in table[table["p"].notna()].groupby("known_on"):
        assert family["q"].tolist() == pytest.approx(false_discovery_control(family["p"]))


def test_without_a_change_about_one_monday_in_twenty_sees_one() -> None:
    dice = np.random.default_rng(1)
    rows = []
    for _ in range(250):
        # Three times the variance of Poisson's counts.
        journeys, buyers = int(dice.negative_binomial(150, 1 / 3)), int(dice.poisson(40))
        converted = int(dice.binomial(journeys, 0.1))
        values = dice.gamma(2, 50, converted)
        rows.append(
            {
                "journeys": journeys, "converted": converted, "buyers": buyers,
                "waits_s": dice.exponential(DAY, converted), "conversions": converted,
                "repeated": int(dice.binomial(buyers, 0.3)), "value_squares": (values**2).sum(),
                "total_value": Decimal(f"{values.sum():.2f}"),
            }
        )  # fmt: skip
    table = key_figures(weeks(*rows))
    told = table[table["q"].notna()]
    alarms = told["is_more_than_noise"].groupby(told["known_on"]).any()
    assert 0.01 < alarms.mean() < 0.075
    shares = (told["p"] <= 0.05).groupby(told["figure"]).mean()
    assert shares.between(0.015, 0.085).all(), shares
