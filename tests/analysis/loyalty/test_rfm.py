from __future__ import annotations

from datetime import timedelta
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.loyalty.rfm import rfm
from tests.analysis.loyalty.shop import FIRST, fill, make

CLASSES = ["recency", "frequency", "monetary"]
UNTIL = 60
orders_of = st.lists(
    st.tuples(st.sampled_from("abcdefghijklm"), st.integers(0, UNTIL)), max_size=40, unique=True
)
worth = st.dictionaries(
    st.tuples(st.sampled_from("abcdefghijklm"), st.integers(0, UNTIL)), st.integers(-20, 99)
)


@pytest.fixture(scope="module")
def con() -> Any:
    with duckdb.connect() as con:
        make(con)
        yield con


def classes(con: duckdb.DuckDBPyConnection) -> dict[str, list[int]]:
    persons = rfm(con).persons
    return dict(zip(persons["person_id"], persons[CLASSES].to_numpy().tolist(), strict=True))


def test_classes_by_hand(con: duckdb.DuckDBPyConnection) -> None:
    # Six customers: a ordered thrice, b twice, all others once. In ranks from below, the four tied
    # stand at 2 of 6 (class 1 + 10/6, so 2), b at 4.5 (1 + 22.5/6, so 4), a at 5.5 (5).
    orders = [("a", 1), ("a", 20), ("a", 50), ("b", 5), ("b", 40),
              ("c", 50), ("d", 10), ("e", 20), ("f", 30)]  # fmt: skip
    fill(con, orders, UNTIL, values={("d", 10): 500})
    found = classes(con)
    assert [found[who][1] for who in "abcdef"] == [5, 4, 2, 2, 2, 2]
    # Last orders, latest first: a and c on day 50 (5 of 6: 5), b 40 (3.5: 3), f 30 (2.5: 3),
    # e 20 (1.5: 2), d 10 (0.5: 1).
    assert [found[who][0] for who in "abcdef"] == [5, 3, 5, 1, 2, 3]
    # Money: d 500, a 30, b 20, c e f 10.
    assert [found[who][2] for who in "abcdef"] == [4, 3, 2, 5, 2, 2]
    persons = rfm(con).persons.set_index("person_id")
    assert persons.loc["a", ["days_since", "orders", "value"]].tolist() == [10, 3, 30]
    summary = rfm(con).summary.set_index(["measure", "class"])
    assert summary.loc["recency"].index.tolist() == [1, 2, 3, 5]
    assert summary.loc["recency", 3].tolist() == [2, 3, 30, pytest.approx(30 / 580), 20, 30]
    assert summary.loc["monetary", 5].tolist() == [1, 1, 500, pytest.approx(500 / 580), 500, 500]


@pytest.mark.parametrize(
    ("customers", "expected"),
    [(0, []), (1, [3]), (2, [2, 4]), (3, [1, 3, 5]), (4, [1, 2, 4, 5]), (5, [1, 2, 3, 4, 5]),
     (10, [1, 1, 2, 2, 3, 3, 4, 4, 5, 5])],
)  # fmt: skip
def test_few_customers_are_spread_evenly(
    con: duckdb.DuckDBPyConnection, customers: int, expected: list[int]
) -> None:
    fill(con, [(f"p{n}", n) for n in range(customers)], UNTIL)
    persons = rfm(con).persons
    assert persons["recency"].tolist() == expected
    # All ordered once, for the same money.
    assert persons["frequency"].tolist() == [3] * customers
    assert persons["monetary"].tolist() == [3] * customers


@given(orders_of, worth)
def test_every_class_is_its_middle_rank(
    con: duckdb.DuckDBPyConnection,
    orders: list[tuple[str, int]],
    values: dict[tuple[str, int], int],
) -> None:
    fill(con, orders, UNTIL, values=values)
    people = sorted({who for who, _ in orders})
    merits: list[dict[str, int]] = [
        {who: max(day for other, day in orders if other == who) for who in people},
        {who: sum(other == who for other, _ in orders) for who in people},
        {who: sum(values.get(each, 10) for each in orders if each[0] == who) for who in people},
    ]
    found = classes(con)
    assert sorted(found) == people
    for place, merit in enumerate(merits):
        for who in people:
            below = sum(merit[other] < merit[who] for other in people)
            tied = sum(merit[other] == merit[who] for other in people)
            assert found[who][place] == int(1 + 5 * (below + tied / 2) / len(people) + 1e-9)
    summary = rfm(con).summary
    for measure in CLASSES:
        part = summary[summary["measure"] == measure]
        assert part["persons"].sum() == len(people)
        assert part["orders"].sum() == len(orders)
        assert part["value"].sum() == pytest.approx(sum(merits[2].values()))
        told = part["value_share"].dropna()
        assert len(told) == 0 or told.sum() == pytest.approx(1)


def test_as_of_an_earlier_day_nothing_later_is_known(con: duckdb.DuckDBPyConnection) -> None:
    orders = [("a", 1), ("a", 20), ("a", 50), ("b", 5), ("c", 40)]
    fill(con, [each for each in orders if each[1] <= 20], 20)
    expected = rfm(con)
    fill(con, orders, UNTIL)
    found = rfm(con, as_of=FIRST + timedelta(20))
    pd.testing.assert_frame_equal(found.persons, expected.persons)
    pd.testing.assert_frame_equal(found.summary, expected.summary)
    assert found.persons["person_id"].tolist() == ["a", "b"]
    assert len(rfm(con, as_of=FIRST - timedelta(1)).persons) == 0


def test_a_shop_that_earned_nothing_has_no_shares(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, [("a", 1), ("b", 2)], UNTIL, values={("a", 1): 0, ("b", 2): 0})
    assert rfm(con).summary["value_share"].isna().all()
