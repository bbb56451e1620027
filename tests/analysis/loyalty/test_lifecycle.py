from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.loyalty.lifecycle import LABELS, Lifecycle, lifecycle, month_ends
from journeyflow.errors import SettingsError
from tests.analysis.loyalty.shop import FIRST, at, fill, insert, make

UNTIL = 60
SILENCE = 20
ADVOCACY = ("referral", "site:review")
Acts = list[tuple[str, int]]

people = st.sampled_from("abcdef")
told = st.lists(st.tuples(people, st.integers(0, UNTIL)), max_size=16)
answered = st.lists(
    st.tuples(people, st.integers(0, UNTIL), st.sampled_from([3, 8, 9, 10])), max_size=6
)


@pytest.fixture(scope="module")
def con() -> Any:
    with duckdb.connect() as con:
        make(con)
        yield con


def day(number: int) -> date:
    return FIRST + timedelta(number)


def labels(found: Lifecycle) -> dict[str, str]:
    return dict(zip(found.persons["person_id"], found.persons["lifecycle"], strict=True))


def visit(con: duckdb.DuckDBPyConnection, seen: Acts) -> None:
    """Persons who were first seen on that day."""
    con.execute("delete from persons")
    insert(con, "persons", [(who, at(number)) for who, number in seen])


def act(con: duckdb.DuckDBPyConnection, acts: Acts, kind: str = "review", source: str = "site",
        participates: bool = True) -> None:  # fmt: skip
    insert(con, "events", [(source, kind, at(number), who, participates) for who, number in acts])


def answer(con: duckdb.DuckDBPyConnection, answers: list[tuple[str, int, int]], *,
           kind: str = "nps", respondent: str = "customer", scale: int = 10) -> None:  # fmt: skip
    insert(con, "feedback", [
        (f"f{place:03}", who, at(number), respondent, kind, float(score), 0.0, float(scale))
        for place, (who, number, score) in enumerate(answers)
    ])  # fmt: skip


def test_every_label_by_hand(con: duckdb.DuckDBPyConnection) -> None:
    orders = [("once", 50), ("twice", 1), ("twice", 45), ("edge", 40), ("silent", 39),
              ("praises", 41), ("praised", 30), ("back", 5), ("back", 60)]  # fmt: skip
    fill(con, orders, UNTIL)
    seen = [(who, 0) for who in {"visitor", "fan", *(who for who, _ in orders)}]
    visit(con, seen)
    # The one who praised is heard from for the last time then; who never ordered is no advocate.
    act(con, [("praises", 45), ("praised", 39), ("fan", 50)])
    found = lifecycle(con, silence=SILENCE, advocacy=ADVOCACY)
    assert labels(found) == {
        "visitor": "prospect", "fan": "prospect", "once": "first-time", "twice": "regular",
        "edge": "first-time",  # silent for 20 days, and not for longer
        "silent": "dormant", "praises": "advocate", "praised": "dormant", "back": "regular",
    }  # fmt: skip
    persons = found.persons.set_index("person_id")
    assert persons.loc["twice", "orders"] == 2
    assert persons.loc["twice", "last_order_on"].date() == day(45)
    assert persons.loc["praises", "last_advocacy_on"].date() == day(45)
    assert labels(lifecycle(con, silence=SILENCE))["praises"] == "first-time"


def test_only_the_acts_that_were_named_count(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, [(who, 55) for who in "abcde"], UNTIL)
    act(con, [("a", 56)], "referral", "crm")
    act(con, [("b", 56)], "review", "site")
    act(con, [("c", 56)], "review", "shop")  # only the site's reviews
    act(con, [("d", 56)], "referral", "crm", participates=False)
    act(con, [("e", 61)], "referral", "crm")  # after the day
    found = labels(lifecycle(con, silence=SILENCE, advocacy=ADVOCACY))
    assert [who for who in "abcde" if found[who] == "advocate"] == ["a", "b"]


def test_promoters_count_if_told_and_while_their_last_answer_says_so(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, [(who, 55) for who in "abcdef"], UNTIL)
    answer(con, [("a", 56, 9), ("b", 56, 10), ("b", 58, 8), ("c", 50, 2), ("c", 56, 9)])
    answer(con, [("d", 56, 9)], kind="csat")
    answer(con, [("e", 56, 9)], respondent="staff")
    answer(con, [("f", 56, 9)], scale=100)
    assert set(labels(lifecycle(con)).values()) == {"first-time"}
    found = labels(lifecycle(con, promoters=True))
    assert [who for who in "abcdef" if found[who] == "advocate"] == ["a", "c"]
    # Two answers of one day: the later one, and of one moment the one with the later name.
    con.execute("delete from feedback")
    answer(con, [("a", 56, 9), ("a", 56, 3), ("b", 56, 3), ("b", 56, 9)])
    found = labels(lifecycle(con, promoters=True))
    assert [who for who in "ab" if found[who] == "advocate"] == ["b"]


def test_moves_between_month_ends(con: duckdb.DuckDBPyConnection) -> None:
    # January: a orders. February: a again, b visits. March: nobody orders, c orders at once.
    fill(con, [("a", 5), ("a", 40), ("c", 70)], 89)
    visit(con, [("a", 5), ("b", 35), ("c", 70)])
    days = month_ends(con, 3)
    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    found = lifecycle(con, days, silence=30)
    moves = [
        (row.from_day.date(), row.from_lifecycle, row.to_lifecycle, row.persons)
        for row in found.moves.itertuples()
    ]
    assert moves == [
        (days[0], "(new)", "prospect", 1),
        (days[0], "first-time", "regular", 1),
        (days[1], "(new)", "first-time", 1),
        (days[1], "prospect", "prospect", 1),
        (days[1], "regular", "dormant", 1),
    ]
    assert (found.moves["to_day"] > found.moves["from_day"]).all()
    counts = found.counts.set_index(["day", "lifecycle"])["persons"]
    assert counts.loc[pd.Timestamp(days[0])].to_dict() == {
        "prospect": 0, "first-time": 1, "regular": 0, "advocate": 0, "dormant": 0,
    }  # fmt: skip


def test_a_month_end_is_one_that_was_observed(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, [], 58)  # the 28th of February, to its end
    assert month_ends(con, 1) == [date(2026, 2, 28)]
    con.execute("update project set observed_until = $1", [at(58, 20)])
    assert month_ends(con, 2) == [date(2025, 12, 31), date(2026, 1, 31)]


def label(
    who: str, when: int, orders: Acts, acts: Acts, answers: list[tuple[str, int, int]]
) -> str:
    """As one would tell it of one person, from all that is known until the day."""
    bought = sorted({number for other, number in orders if other == who and number <= when})
    praised = [number for other, number in acts if other == who and number <= when]
    asked = [each for each in answers if each[0] == who and each[1] <= when]
    if asked:
        last = max(number for _, number, _ in asked)
        if [score for _, number, score in asked if number == last][-1] >= 9:
            praised.append(last)
    if not bought:
        return "prospect"
    if when - max(bought + praised) > SILENCE:
        return "dormant"
    if praised:
        return "advocate"
    return "first-time" if len(bought) == 1 else "regular"


@given(told, told, told, answered, st.lists(st.integers(0, UNTIL), min_size=1, max_size=4))
def test_it_equals_what_one_would_tell_of_each_person(
    con: duckdb.DuckDBPyConnection, orders: Acts, acts: Acts, seen: Acts,
    answers: list[tuple[str, int, int]], numbers: list[int],
) -> None:  # fmt: skip
    fill(con, orders, UNTIL)
    act(con, acts)
    answer(con, answers)
    first: dict[str, int] = {}
    for who, number in [*orders, *seen]:
        first[who] = min(number, first.get(who, number))
    visit(con, list(first.items()))
    found = lifecycle(
        con, [day(each) for each in numbers], silence=SILENCE, advocacy=ADVOCACY, promoters=True
    )
    numbers = sorted(set(numbers))
    expected = {
        number: {
            who: label(who, number, orders, acts, answers) for who in first if first[who] <= number
        }
        for number in numbers
    }
    assert labels(found) == expected[numbers[-1]]
    counts = {(row.day.date(), row.lifecycle): row.persons for row in found.counts.itertuples()}
    assert counts == {
        (day(number), each): list(expected[number].values()).count(each)
        for number in numbers
        for each in LABELS
    }
    moves = Counter(
        (day(number), day(later), expected[number].get(who, "(new)"), after)
        for number, later in pairwise(numbers)
        for who, after in expected[later].items()
    )
    assert {
        (row.from_day.date(), row.to_day.date(), row.from_lifecycle, row.to_lifecycle): row.persons
        for row in found.moves.itertuples()
    } == moves


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ([], {}),
        ([("a", 0)], {"a": "first-time"}),
        ([(who, 0) for who in "abc"], {"a": "first-time", "b": "first-time", "c": "first-time"}),
        ([("a", each) for each in range(9)], {"a": "regular"}),
    ],
)
def test_degenerate_shops(
    con: duckdb.DuckDBPyConnection, orders: Acts, expected: dict[str, str]
) -> None:
    fill(con, orders, 9)
    found = lifecycle(con)
    assert labels(found) == expected
    assert found.counts["persons"].sum() == len(expected)
    assert len(found.moves) == 0
    assert found.dormancy.days == 365
    assert found.dormancy.reason


def test_what_cannot_be_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, [("a", 0)], 9)
    with pytest.raises(SettingsError, match="silence is 0"):
        lifecycle(con, silence=0)
    with pytest.raises(SettingsError, match="2026-01-10, the last one observed; got 2026-01-11"):
        lifecycle(con, [day(0), day(10)])
    with pytest.raises(SettingsError, match="got none"):
        lifecycle(con, [])
    with pytest.raises(SettingsError, match="months is 0"):
        month_ends(con, 0)
