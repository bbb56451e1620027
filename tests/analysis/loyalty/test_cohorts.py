from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.loyalty.cohorts import order_cohorts
from tests.analysis.loyalty.shop import FIRST, at, fill, insert, make

JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
told = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 150)), max_size=30)


@pytest.fixture(scope="module")
def con() -> Any:
    with duckdb.connect() as con:
        make(con)
        yield con


def cells(con: duckdb.DuckDBPyConnection) -> dict[tuple[date, int], tuple[int, int | None]]:
    table = order_cohorts(con)
    assert (table["ordered"].isna() == table[["share", "low", "high"]].isna().all(axis=1)).all()
    seen = table.dropna()
    assert (seen["low"] <= seen["share"]).all()
    assert (seen["share"] <= seen["high"]).all()
    return {
        (row.cohort.date(), row.age): (
            row.persons,
            None if math.isnan(row.ordered) else int(row.ordered),
        )
        for row in table.itertuples()
    }


def test_a_triangle_by_hand(con: duckdb.DuckDBPyConnection) -> None:
    # January: a again in January, and twice in March; b never. February: c in March, which ended.
    fill(con, [("a", 0), ("a", 9), ("a", 60), ("a", 65), ("b", 30), ("c", 31), ("c", 89)], 89)
    assert cells(con) == {
        (JANUARY, 0): (2, 1), (JANUARY, 1): (2, 0), (JANUARY, 2): (2, 1),
        (FEBRUARY, 0): (1, 0), (FEBRUARY, 1): (1, 1), (FEBRUARY, 2): (1, None),
    }  # fmt: skip
    table = order_cohorts(con)
    assert table["month"].dt.date.tolist() == [
        JANUARY, FEBRUARY, MARCH, FEBRUARY, MARCH, date(2026, 4, 1),
    ]  # fmt: skip
    # Wilson of 1 of 2 (Newcombe 1998, method 3).
    assert table.loc[0, ["share", "low", "high"]].tolist() == pytest.approx(
        [0.5, 0.0945, 0.9055], abs=1e-4
    )


def test_a_month_that_has_not_ended_is_blank(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, [("a", 0), ("a", 40), ("b", 32)], 58)  # until the 28th of February
    assert cells(con)[JANUARY, 1] == (1, 1)
    con.execute("update project set observed_until = $1", [at(58, 22, 0)])
    assert cells(con) == {
        (JANUARY, 0): (1, 0), (JANUARY, 1): (1, None),
        (FEBRUARY, 0): (1, None), (FEBRUARY, 1): (1, None),
    }  # fmt: skip


def test_months_begin_at_the_projects_midnight(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, [], 58)
    # Half past midnight in Moscow on the first of February is January in UTC.
    insert(con, "conversions", [("a", "purchase", at(31, 0, 30), 1, True)])
    assert cells(con) == {(FEBRUARY, 0): (1, 0)}
    con.execute("update project set timezone = 'UTC'")
    assert cells(con) == {(JANUARY, 0): (1, 0), (JANUARY, 1): (1, None)}


@given(told, st.integers(0, 150))
def test_it_equals_a_plain_count(
    con: duckdb.DuckDBPyConnection, orders: list[tuple[str, int]], until: int
) -> None:
    orders = [(who, day) for who, day in orders if day <= until]
    fill(con, orders, until)
    days = {
        who: sorted({FIRST + timedelta(day) for other, day in orders if other == who})
        for who, _ in orders
    }
    firsts = {who: each[0].replace(day=1) for who, each in days.items()}
    end = FIRST + timedelta(until)
    expected: dict[tuple[date, int], tuple[int, int | None]] = {}
    for cohort in set(firsts.values()):
        of = [who for who, month in firsts.items() if month == cohort]
        for age in range(months(min(firsts.values()), end) + 1):
            month = shifted(cohort, age)
            ended = shifted(month, 1) - timedelta(1) <= end
            again = sum(any(day.replace(day=1) == month for day in days[who][1:]) for who in of)
            expected[cohort, age] = (len(of), again if ended else None)
    assert cells(con) == expected


def months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def shifted(month: date, by: int) -> date:
    count = month.month - 1 + by
    return date(month.year + count // 12, count % 12 + 1, 1)


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ([], {}),
        ([("a", 0)], {(JANUARY, 0): (1, None)}),
        ([(who, 5) for who in "abc"], {(JANUARY, 0): (3, None)}),
        ([("a", day) for day in range(9)], {(JANUARY, 0): (1, None)}),
    ],
)
def test_degenerate_shops(
    con: duckdb.DuckDBPyConnection, orders: list[tuple[str, int]], expected: dict[Any, Any]
) -> None:
    fill(con, orders, 9)
    assert cells(con) == expected
