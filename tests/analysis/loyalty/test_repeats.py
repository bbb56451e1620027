from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from journeyflow.analysis.loyalty.repeats import NOBODY, dormant_after, repeat_curves
from journeyflow.errors import SettingsError
from tests.analysis.loyalty.shop import at, fill, insert, make

UNTIL = 40
told = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, UNTIL)), max_size=30)


@pytest.fixture(scope="module")
def con() -> Any:
    with duckdb.connect() as con:
        make(con)
        yield con


def row(table: pd.DataFrame, **where: int) -> pd.Series:
    (found,) = table[(table[list(where)] == pd.Series(where)).all(axis=1)].itertuples(index=False)
    return pd.Series(found._asdict())


def test_curves_by_hand(con: duckdb.DuckDBPyConnection) -> None:
    # Observed for 100 days. a: after 10 days again, then silent for 90. b: silent for 100.
    # c: after 30 days again, then after 20, then silent for 50. d: silent for 20.
    orders = [("a", 0), ("a", 10), ("b", 0), ("c", 0), ("c", 30), ("c", 50), ("d", 80)]
    fill(con, orders, 100)
    found = repeat_curves(con, horizons=(5, 10, 30, 100, 101))
    first = found.curves[found.curves["order"] == 1]
    # At risk at 10 days: 4; at 20: 3, of whom d leaves; at 30: 2, of whom c returns.
    assert first["days"].tolist() == [10, 20, 30, 100]
    assert first["at_risk"].tolist() == [4, 3, 2, 1]
    assert first["share"].tolist() == pytest.approx([1 / 4, 1 / 4, 5 / 8, 5 / 8])
    shares = found.shares[found.shares["order"] == 1]
    assert shares["share"].tolist() == pytest.approx(
        [0, 1 / 4, 5 / 8, 5 / 8, math.nan], nan_ok=True
    )
    assert shares["naive_rate"].tolist() == [0, 1 / 4, 1 / 2, 1 / 2, 1 / 2]
    assert shares["reason"].tolist()[-1] == NOBODY
    assert shares["reason"].isna().tolist() == [True] * 4 + [False]
    assert shares["at_risk"].tolist() == [4, 4, 2, 1, 0]
    summary = found.summary.set_index("order")
    assert summary.loc[1, ["orders", "repeated", "naive_rate"]].tolist() == [4, 2, 0.5]
    assert summary["median_days"].tolist() == pytest.approx([30, 20, math.nan], nan_ok=True)
    # Fewer than ten at risk: nothing here is mature.
    assert not found.shares["is_mature"].any()
    assert summary["mature_days"].isna().all()


def test_orders_of_one_local_day_are_one_and_others_are_none(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, [], 30)
    # Twenty minutes apart, over midnight in Moscow and not in UTC: two days. Then thrice in a day.
    moments = [at(1, 23, 50), at(2, 0, 10), at(5, 0, 0), at(5, 9, 0), at(5, 23, 59)]
    insert(con, "conversions", [("a", "purchase", moment, 5, True) for moment in moments])
    insert(con, "conversions", [("a", "newsletter", at(9), 0, False)])
    found = repeat_curves(con).summary
    assert found["orders"].tolist() == [1, 1, 1]
    assert found["repeated"].tolist() == [1, 1, 0]
    assert found["median_days"].tolist() == pytest.approx([1, 3, math.nan], nan_ok=True)
    insert(con, "conversions", [("a", "lead", at(20), 0, True)])
    assert len(repeat_curves(con).summary) == 4
    assert len(repeat_curves(con, names=["purchase"]).summary) == 3
    assert len(repeat_curves(con, names=["lead"]).summary) == 1


def still(waits: list[tuple[int, int]], until: int) -> Fraction:
    """The share that has not ordered again by then, exactly."""
    share = Fraction(1)
    for day in sorted({day for day, ended in waits if ended and day <= until}):
        at_risk = sum(other >= day for other, _ in waits)
        share *= 1 - Fraction(sum(each == (day, 1) for each in waits), at_risk)
    return share


@given(told, st.integers(1, 4))
def test_every_curve_is_that_of_kaplan_and_meier(
    con: duckdb.DuckDBPyConnection, orders: list[tuple[str, int]], singly: int
) -> None:
    fill(con, orders, UNTIL)
    found = repeat_curves(con, horizons=(7, 21), singly=singly)
    waits: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for who in {who for who, _ in orders}:
        days = sorted({day for other, day in orders if other == who})
        for number, (day, later) in enumerate(zip(days, [*days[1:], None], strict=True), 1):
            wait = (UNTIL - day, 0) if later is None else (later - day, 1)
            waits[min(number, singly + 1)].append(wait)
    assert found.summary["order"].tolist() == sorted(waits)
    for order, each in waits.items():
        curve = found.curves[found.curves["order"] == order]
        days, ended = np.array(each).T
        summary = row(found.summary, order=order)
        assert summary["naive_rate"] == ended.mean()
        half = [day for day in sorted(set(days)) if still(each, day) <= Fraction(1, 2)]
        assert summary["median_days"] == pytest.approx(half[0] if half else math.nan, nan_ok=True)
        if ended.any():
            other = SurvfuncRight(days, ended)
            mine = curve.set_index("days")["share"].loc[other.surv_times]
            assert 1 - mine.to_numpy() == pytest.approx(other.surv_prob)
        shares = found.shares[found.shares["order"] == order]
        for days_, at_risk, share in shares[["days", "at_risk", "share"]].to_numpy():
            assert at_risk == (days >= days_).sum()
            if not math.isnan(share):
                before = curve[curve["days"] <= days_]["share"]
                assert share == (before.iloc[-1] if len(before) else 0)
    for table in (found.shares.dropna(subset="share"), found.curves):
        assert (table["low"] <= table["share"]).all()
        assert (table["share"] <= table["high"]).all()


@given(told, st.randoms(use_true_random=False))
def test_neither_order_of_rows_nor_names_change_anything(
    con: duckdb.DuckDBPyConnection, orders: list[tuple[str, int]], dice: Any
) -> None:
    fill(con, orders, UNTIL)
    expected = repeat_curves(con)
    fill(con, [(f"other {who}", day) for who, day in dice.sample(orders, len(orders))], UNTIL)
    found = repeat_curves(con)
    for name in ("summary", "shares", "curves"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(expected, name))


def test_curves_are_mature_as_far_as_enough_are_at_risk(con: duckdb.DuckDBPyConnection) -> None:
    # 300 first orders, one on each day; the 20 latest of 90 are still at risk after 280 days.
    fill(con, [(f"p{day}", day) for day in range(300)], 300)
    found = repeat_curves(con, horizons=(100, 285, 286, 300))
    # At 285 days 16 are at risk, at 286 15: 5 % of 300. All are silent, so no share is above 0.
    assert found.shares["at_risk"].tolist() == [201, 16, 15, 1]
    assert found.shares["is_mature"].tolist() == [True, True, True, False]
    assert found.summary["mature_days"].tolist() == [286]
    curve = found.curves
    assert curve[curve["is_mature"]]["days"].max() == 286
    # Nobody of whom we know: the interval is Wilson's of 0 of 201, and ends at z² / (201 + z²).
    assert found.shares.loc[0, ["share", "low", "high"]].tolist() == pytest.approx(
        [0, 0, 3.8415 / (201 + 3.8415)], abs=1e-5
    )


def test_the_naive_rate_falls_short_of_the_curve() -> None:
    # A customer a day for 200 days, each of whom comes back after 100: the last hundred cannot
    # have. Half of them so far; everybody, if one waits.
    with duckdb.connect() as con:
        make(con)
        orders = [(f"p{n}", day) for n in range(200) for day in (n, n + 100) if day < 200]
        fill(con, orders, 199)
        found = repeat_curves(con, horizons=(90, 100))
    first = row(found.shares, order=1, days=100)
    assert (first["naive_rate"], first["share"]) == (0.5, 1)
    assert row(found.summary, order=1)["naive_rate"] == 0.5


def test_dormant_is_who_is_silent_for_longer_than_nine_of_ten_who_return(
    con: duckdb.DuckDBPyConnection,
) -> None:
    # Forty customers come back after 1 to 40 days, another forty never: nine in ten is 36 days.
    orders = [(f"p{n}", day) for n in range(1, 41) for day in (0, n)]
    orders += [(f"q{n}", 0) for n in range(40)]
    fill(con, orders, 400)
    assert dormant_after(con) == (36, None)
    fill(con, orders, 100)
    days, reason = dormant_after(con)
    assert days == 365
    assert reason == (
        "nine in ten came back within 36 days, and enough were observed for 100;"
        " expected three times as long"
    )
    # Thirty return after 300 days, for which hardly any of the others were observed.
    late = [(f"r{n}", day) for n in range(30) for day in (0, 300)]
    fill(con, late + [(f"s{n}", 390) for n in range(2000)], 400)
    assert dormant_after(con).reason == "0 orders followed another; expected 30 or more"
    fill(con, orders[:40], 400)
    days, reason = dormant_after(con)
    assert (days, reason) == (365, "20 orders followed another; expected 30 or more")


@pytest.mark.parametrize(
    ("orders", "until", "rates"),
    [
        ([], 30, []),
        ([("a", 3)], 3, [0]),
        ([("a", 3), ("b", 3)], 3, [0]),
        ([("a", 0), ("b", 4)], 30, [0]),
        ([("a", day) for day in range(8)], 7, [1, 1, 1, 1, 1, 2 / 3]),
        ([(who, day) for who in "abc" for day in (0, 9)], 9, [1, 0]),
    ],
    ids=["none", "one", "one day", "one each", "one person", "all repeat"],
)
def test_degenerate_shops(
    con: duckdb.DuckDBPyConnection, orders: list[tuple[str, int]], until: int, rates: list[float]
) -> None:
    fill(con, orders, until)
    found = repeat_curves(con)
    assert found.summary["naive_rate"].tolist() == pytest.approx(rates)
    assert len(found.shares) == 4 * len(rates)
    assert dormant_after(con).days == 365


def test_what_cannot_be_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(SettingsError, match="0"):
        repeat_curves(con, singly=0)
    with pytest.raises(SettingsError, match="30, 0"):
        repeat_curves(con, horizons=(30, 0))
