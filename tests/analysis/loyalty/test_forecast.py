from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from journeyflow.analysis.loyalty.bgnbd import BgNbd, Histories, fit, future, p_active
from journeyflow.analysis.loyalty.calibration import calibration
from journeyflow.analysis.loyalty.forecast import expected_orders, forecast
from journeyflow.errors import SettingsError
from tests.analysis.loyalty.shop import FIRST, customers, fill, make

TRUTH = 0.8, 20.0, 0.7, 2.5
DAYS = 240


@pytest.fixture(scope="module")
def con() -> Any:
    with duckdb.connect() as con:
        make(con)
        yield con


@pytest.fixture(scope="module")
def orders() -> list[tuple[str, int]]:
    """700 customers, who begin within the first 120 of 240 days."""
    dice = np.random.default_rng(20261128)
    begins = dice.integers(0, 120, 700)
    return sorted(
        {
            (f"p{number:03}", int(begin + again))
            for number, (begin, told) in enumerate(
                zip(begins, customers(dice, 700, DAYS, *TRUTH), strict=True)
            )
            for again in [0, *told]
            if begin + again <= DAYS
        }
    )


def test_persons_and_total_are_the_models(
    con: duckdb.DuckDBPyConnection, orders: list[tuple[str, int]]
) -> None:
    fill(con, orders, DAYS)
    found = forecast(con, span=60)
    days = pd.DataFrame(orders, columns=["person_id", "day"]).groupby("person_id")["day"]
    x = days.count().to_numpy(dtype=float) - 1
    first, last = days.min().to_numpy(), days.max().to_numpy()
    states = x, (last - first).astype(float), (DAYS - first).astype(float)
    model = fit(Histories(*states, np.ones(len(x))))
    assert isinstance(model, BgNbd)
    persons = found.persons.set_index("person_id").sort_index()
    assert persons["orders"].tolist() == (x + 1).tolist()
    assert persons["p_active"].to_numpy() == pytest.approx(p_active(model.logarithms, *states))
    mean, variance = future(model.logarithms, *states, 60)
    assert persons["expected"].to_numpy() == pytest.approx(mean, rel=1e-5)
    total = found.total.iloc[0]
    assert total["expected"] == pytest.approx(persons["expected"].sum())
    assert (total["customers"], total["repeaters"]) == (len(x), (x > 0).sum())
    assert (total["r"], total["alpha_days"]) == pytest.approx((model.r, model.alpha), rel=1e-5)
    assert pd.Timestamp(total["as_of"]).date() == FIRST + timedelta(days=DAYS)
    assert total["reason"] is None
    # The interval has the chance of each customer's orders in it, and the error of the model.
    reach = 1.959964 * np.sqrt(variance.sum() + total["expected_se"] ** 2)
    assert total["high"] - total["expected"] == pytest.approx(reach, rel=1e-4)


def test_as_of_an_earlier_day_nothing_later_is_known(
    con: duckdb.DuckDBPyConnection, orders: list[tuple[str, int]]
) -> None:
    fill(con, [(who, day) for who, day in orders if day <= 150], 150)
    expected = forecast(con)
    fill(con, orders, DAYS)
    found = forecast(con, as_of=FIRST + timedelta(days=150))
    pd.testing.assert_frame_equal(found.persons, expected.persons)
    pd.testing.assert_frame_equal(found.total, expected.total)


def test_the_held_back_orders_are_counted_by_class(
    con: duckdb.DuckDBPyConnection, orders: list[tuple[str, int]]
) -> None:
    fill(con, orders, DAYS)
    found = calibration(con)
    first = min(day for _, day in orders)
    cut = DAYS - (DAYS - first + 1) // 2
    assert (found.as_of, found.until) == (FIRST + timedelta(cut), FIRST + timedelta(DAYS))
    before = {who: [day for other, day in orders if other == who] for who, _ in orders}
    expected: dict[str, list[int]] = {}
    for days in before.values():
        seen = sum(day <= cut for day in days)
        if seen:
            label = str(seen - 1) if seen <= 7 else "7+"
            for each in (label, "all"):
                counted = expected.setdefault(each, [0, 0])
                counted[0] += 1
                counted[1] += len(days) - seen
    table = found.classes.set_index("repeats")
    assert table.index.tolist() == [*sorted(set(expected) - {"all"}), "all"]
    assert {
        key: table.loc[key, ["customers", "actual"]].tolist() for key in table.index
    } == expected
    assert table["expected"].iloc[:-1].sum() == pytest.approx(table.loc["all", "expected"])
    assert table.loc["all", "low"] < expected["all"][1] < table.loc["all", "high"]


def test_the_interval_covers_what_comes() -> None:
    # Thirty shops of 400 customers; of their next 100 days the model saw nothing.
    dice = np.random.default_rng(11)
    tried = covered = 0
    for _ in range(30):
        told = customers(dice, 400, 200, *TRUTH)
        x = np.array([(moments <= 100).sum() for moments in told], dtype=float)
        last = np.array([max([0, *moments[moments <= 100]]) for moments in told])
        seen = Histories(x, last, np.full(400, 100.0), np.ones(400))
        model = fit(seen)
        if isinstance(model, str):
            continue  # one of the thirty tells too little
        tried += 1
        sums = expected_orders(model, seen, 100, np.ones((1, 400)))
        actual = sum((moments > 100).sum() for moments in told)
        covered += bool(sums["low"][0] <= actual <= sums["high"][0])
    # 95 % of 30 are 28.5, give or take 1.2.
    assert tried >= 28
    assert covered >= 25


@pytest.mark.parametrize(
    ("orders", "until"),
    [
        ([], 30),
        ([("a", 3)], 3),
        ([("a", 0), ("a", 5)], 30),
        ([(f"p{n}", 4) for n in range(80)], 30),
        ([(f"p{n}", day) for n in range(80) for day in (0, 1)], 1),
        ([(f"p{n}", day) for n in range(80) for day in range(9)], 30),
    ],
    ids=["none", "one", "one person", "one each on one day", "all repeat at once", "all repeat"],
)
def test_too_little_to_tell_is_said(
    con: duckdb.DuckDBPyConnection, orders: list[tuple[str, int]], until: int
) -> None:
    fill(con, orders, until)
    found = forecast(con)
    assert found.total["reason"].notna().all()
    assert found.total[["expected", "expected_se", "low", "high", "r"]].isna().to_numpy().all()
    assert found.persons[["p_active", "expected"]].isna().to_numpy().all()
    assert found.persons["person_id"].tolist() == sorted({who for who, _ in orders})
    held = calibration(con)
    assert held.reason
    assert held.classes["expected"].isna().all()
    everybody = held.classes[held.classes["repeats"] == "all"]
    assert everybody["customers"].tolist() == [len({w for w, d in orders if held.as_of and
        FIRST + timedelta(d) <= held.as_of})]  # fmt: skip


def test_before_the_first_order_there_is_nobody(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, [("a", 5), ("a", 9)], 30)
    early = FIRST + timedelta(days=2)
    assert forecast(con, as_of=early).total["customers"].tolist() == [0]
    held = calibration(con, as_of=early)
    assert held.classes[["repeats", "customers", "actual"]].to_numpy().tolist() == [["all", 0, 0]]


def test_what_cannot_be_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, [("a", 0), ("a", 5)], 30)
    with pytest.raises(SettingsError, match="span is 0"):
        forecast(con, span=0)
    with pytest.raises(SettingsError, match="2026-01-31"):
        calibration(con, as_of=date(2026, 1, 31))
