from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.funnel import FunnelTable, funnel_table
from journeyflow.errors import SettingsError
from journeyflow.warehouse.models import load_model
from tests.support.published import (
    BEGIN,
    DAY,
    HOUR,
    LEDGER,
    SCHEMA,
    Journey,
    fill_ledger,
    insert,
    visit,
)

NAMES = ("Home", "Advert", "Catalogue", "Call", "Order")
ENDED = BEGIN + 30 * DAY


@pytest.fixture(scope="module")
def con() -> Any:
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        for table in (*LEDGER, "sessions", "touchpoints", "project"):
            con.execute(f"create table {table} ({SCHEMA[table]})")
        insert(con, "touchpoints", [{"touchpoint": name} for name in NAMES])
        insert(con, "project", [{"observed_until": ENDED}])
        yield con


def count(
    con: duckdb.DuckDBPyConnection, told: Sequence[Journey], *steps: str, **switches: Any
) -> FunnelTable:
    fill(con, told)
    return funnel_table(con, steps, **switches)


def fill(con: duckdb.DuckDBPyConnection, told: Sequence[Journey]) -> None:
    """The ledger, with a session for each day that a journey met something."""
    fill_ledger(con, told)
    con.execute("update events set session_id = journey_id || occurred_at::date")
    con.execute("delete from sessions")
    con.execute("insert into sessions by name select distinct session_id from events")


def column(table: FunnelTable, name: str) -> list[Any]:
    """A column of the table as plain values, None for nothing."""
    return [None if pd.isna(value) else value for value in table.steps[name].tolist()]


TOLD = [
    visit("a", "Home", "Catalogue", "Order", outcome="converted"),
    visit("b", "Home", "Call", "Catalogue", outcome="lost", pace=2 * HOUR),
    visit("c", "Home", began=ENDED - DAY),
    visit("d", "Home", began=BEGIN),
    visit("e", "Advert", "Catalogue", "Order", outcome="converted"),
]


def test_counts_by_hand(con: duckdb.DuckDBPyConnection) -> None:
    table = count(con, TOLD, "Home", "Catalogue", "Order")
    assert table.total == 5
    assert list(table.steps.columns) == [
        "position", "step", "count", "entered", "share_of_first", "share_of_previous", "low",
        "high", "wait_median_s", "wait_p90_s", "open", "lost",
    ]  # fmt: skip
    assert column(table, "position") == [1, 2, 3]
    assert column(table, "step") == ["Home", "Catalogue", "Order"]
    assert column(table, "count") == [4, 2, 1]
    assert column(table, "entered") == [4, 0, 0]
    assert column(table, "share_of_first") == [1, 0.5, 0.25]
    assert column(table, "share_of_previous") == [None, 0.5, 0.5]
    # Waits to the catalogue: 1 h and 4 h; nine tenths of the way from one to the other is 3.7 h.
    assert column(table, "wait_median_s") == [None, 2.5 * 3600, 3600]
    assert column(table, "wait_p90_s") == [None, pytest.approx(3.7 * 3600), 3600]
    # d came a month ago: its fourteen days are over, although the journey is not.
    assert column(table, "open") == [None, 1, 0]
    assert column(table, "lost") == [None, 1, 1]
    assert table.notes == (
        "Those open may still come; until then they count as not having come in the shares.",
    )


def test_the_first_step_counts_all_who_met_it(con: duckdb.DuckDBPyConnection) -> None:
    for name in NAMES:
        for order in ("strict", "ordered", "any"):
            table = count(con, TOLD, name, order=order)
            assert column(table, "count") == [sum(name in journey.path for journey in TOLD)]


def test_the_switches_are_told(con: duckdb.DuckDBPyConnection) -> None:
    assert count(con, TOLD, "Home", "Order").switches == {
        "unit": "journey", "order": "ordered", "window": "14d", "step_window": None,
        "entry": "closed", "attempt": "best", "counting": "unique", "exclude": [], "until": "end",
    }  # fmt: skip
    told = count(
        con, TOLD, "Home", "Call", "Order", window=None, step_window=["36h", timedelta(seconds=90)],
        exclude=["Advert"], by="channel", by_step=2,
    ).switches  # fmt: skip
    assert told["window"] is None
    assert told["step_window"] == ["36h", "90s"]
    assert (told["exclude"], told["by"], told["by_step"]) == (["Advert"], "channel", 2)
    one = count(con, TOLD, "Home", "Call", "Order", window="2w", step_window="1.5h").switches
    assert (one["window"], one["step_window"]) == ("14d", "90m")


def test_no_item_satisfies_two_steps(con: duckdb.DuckDBPyConnection) -> None:
    told = [visit("a", "Home", "Call"), visit("b", "Home", "Call", "Home")]
    for order in ("ordered", "any"):
        assert column(count(con, told, "Home", "Home", order=order), "count") == [2, 1]
    assert column(count(con, told, "Home", "Home", order="strict"), "count") == [2, 0]


def test_items_of_one_moment_keep_their_order_and_wait_for_nothing(
    con: duckdb.DuckDBPyConnection,
) -> None:
    told = [visit("a", "Home", "Call", "Order", pace=timedelta(0))]
    table = count(con, told, "Home", "Call", "Order", order="strict", window=timedelta(seconds=1))
    assert column(table, "count") == [1, 1, 1]
    assert column(table, "wait_median_s") == [None, 0, 0]
    assert column(count(con, told, "Call", "Home"), "count") == [1, 0]


def test_a_wait_runs_from_leaving_one_step_to_entering_the_next(
    con: duckdb.DuckDBPyConnection,
) -> None:
    fill(con, [visit("a", "Home", "Advert", "Call", pace=HOUR)])
    con.execute("update steps set left_at = entered_at + interval 10 minute")
    for order in ("ordered", "any"):
        table = funnel_table(con, ["Home", "Call"], order=order)
        assert column(table, "wait_median_s") == [None, 110 * 60]
    # In any order the call waited for nothing: it was there before the advert.
    table = funnel_table(con, ["Home", "Call", "Advert"], order="any")
    assert column(table, "count") == [1, 1, 1]
    assert column(table, "wait_median_s") == [None, 110 * 60, 0]


@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_a_time_equal_to_the_window_is_inside(con: duckdb.DuckDBPyConnection, order: str) -> None:
    told = [visit("a", "Home", "Call", pace=7 * DAY)]
    assert column(count(con, told, "Home", "Call", order=order, window="7d"), "count") == [1, 1]
    short = timedelta(days=7) - timedelta(microseconds=1)
    assert column(count(con, told, "Home", "Call", order=order, window=short), "count") == [1, 0]
    if order != "any":
        table = count(con, told, "Home", "Call", order=order, window=None, step_window=short)
        assert column(table, "count") == [1, 0]


def test_a_journey_that_may_still_come_is_open_until_its_window_runs_out(
    con: duckdb.DuckDBPyConnection,
) -> None:
    def open_and_lost(*path: str, days: float = 1, outcome: str = "open", **switches: Any) -> Any:
        one = visit("a", *path, began=ENDED - days * DAY, outcome=outcome, pace=timedelta(0))
        table = count(con, [one], "Home", "Call", **switches)
        return column(table, "open")[1], column(table, "lost")[1]

    assert open_and_lost("Home") == (1, 0)
    assert open_and_lost("Home", outcome="lost") == (0, 1)
    # What was observed ends with its last moment: a window that ends there has run out.
    assert open_and_lost("Home", days=14) == (0, 1)
    assert open_and_lost("Home", days=13.9) == (1, 0)
    assert open_and_lost("Home", days=14, window=None) == (1, 0)
    assert open_and_lost("Home", days=2, step_window="1d") == (0, 1)
    assert open_and_lost("Home", "Advert") == (1, 0)
    assert open_and_lost("Home", "Advert", order="strict") == (0, 1)
    assert open_and_lost("Home", "Advert", exclude=["Advert"]) == (0, 1)
    assert open_and_lost("Home", order="any") == (1, 0)
    assert open_and_lost("Home", unit="person") == (1, 0)
    assert open_and_lost("Home", unit="session") == (0, 1)
    assert open_and_lost("Home", "Order", outcome="converted", until="conversion") == (0, 1)


def test_a_second_attempt_may_still_come_when_the_first_no_longer_can(
    con: duckdb.DuckDBPyConnection,
) -> None:
    told = [visit("a", "Home", "Advert", "Home", began=BEGIN, pace=14 * DAY)]
    assert column(count(con, told, "Home", "Call"), "open") == [None, 1]
    assert column(count(con, told, "Home", "Call", attempt="first"), "open") == [None, 0]
    every = count(con, told, "Home", "Call", attempt="every", counting="totals")
    assert (column(every, "open"), column(every, "lost")) == ([None, 1], [None, 1])


def test_first_best_and_every_attempt(con: duckdb.DuckDBPyConnection) -> None:
    told = [visit("a", "Home", "Home", "Call", "Home", "Call", "Home", pace=5 * DAY)]
    steps = "Home", "Call"
    # The first call is ten days after the first visit.
    assert column(count(con, told, *steps, window="9d", attempt="first"), "count") == [1, 0]
    assert column(count(con, told, *steps, window="9d", attempt="best"), "count") == [1, 1]
    every = {"attempt": "every", "counting": "totals"}
    assert column(count(con, told, *steps, window="9d", **every), "count") == [4, 2]
    assert column(count(con, told, *steps, window=None, **every), "count") == [4, 2]
    once = count(con, told, *steps, window="9d", attempt="every")
    assert column(once, "count") == [1, 1]
    assert "Attempts of one unit are not independent" in " ".join(
        count(con, told, *steps, **every).notes
    )


def test_an_open_funnel_is_entered_anywhere_and_skips_nothing(
    con: duckdb.DuckDBPyConnection,
) -> None:
    told = [
        visit("a", "Home", "Catalogue", "Order"),
        visit("b", "Catalogue", "Order"),
        visit("c", "Home", "Order"),  # skips the catalogue: counts at home alone
        visit("d", "Order"),
        visit("e", "Catalogue", "Home", "Catalogue", "Order"),
    ]
    table = count(con, told, "Home", "Catalogue", "Order", entry="open")
    assert column(table, "count") == [3, 3, 4]
    assert column(table, "entered") == [3, 1, 1]
    assert column(table, "share_of_first") == [1, pytest.approx(2 / 3), pytest.approx(2 / 3)]
    assert column(table, "share_of_previous") == [None, pytest.approx(2 / 3), 1]
    # As the first item has it, e enters at the catalogue.
    first = count(con, told, "Home", "Catalogue", "Order", entry="open", attempt="first")
    assert column(first, "count") == [2, 3, 4]


def test_an_excluded_touchpoint_ends_an_attempt(con: duckdb.DuckDBPyConnection) -> None:
    told = [
        visit("a", "Home", "Call", "Order"),
        visit("b", "Home", "Call", "Home", "Order"),
        visit("c", "Call", "Home", "Order", "Call"),
    ]
    assert column(count(con, told, "Home", "Order", exclude=["Call"]), "count") == [3, 2]
    first = count(con, told, "Home", "Order", exclude=["Call"], attempt="first")
    assert column(first, "count") == [3, 1]


def test_a_person_is_followed_across_journeys(con: duckdb.DuckDBPyConnection) -> None:
    told = [
        visit("a", "Order", "Call", began=BEGIN + 9 * DAY, number=2),
        visit("a", "Advert", "Home", outcome="lost"),
        visit("b", "Order", "Home", outcome="lost"),
    ]
    steps = "Home", "Order", "Call"
    assert column(count(con, told, *steps), "count") == [2, 0, 0]
    for order in ("ordered", "strict"):
        table = count(con, told, *steps, unit="person", order=order)
        assert (table.total, column(table, "count")) == (2, [2, 1, 1])
        assert column(table, "wait_median_s") == [None, (9 * DAY - HOUR).total_seconds(), 3600]
    assert column(count(con, told, *steps, unit="person", window="8d"), "count") == [2, 0, 0]


def test_a_session_is_made_of_runs_of_one_touchpoint(con: duckdb.DuckDBPyConnection) -> None:
    told = [visit("a", "Home", "Home", "Call", "Advert", "Catalogue", "Order", pace=3 * HOUR)]
    # BEGIN is nine o'clock: the first five events are of one day, the order is of the next.
    table = count(con, told, "Home", "Call", unit="session", order="strict")
    assert (table.total, column(table, "count")) == (2, [1, 1])
    assert column(table, "wait_median_s") == [None, 3 * 3600]
    twice = {"attempt": "every", "counting": "totals", "unit": "session"}
    assert column(count(con, told, "Home", **twice), "count") == [1]
    parted = [visit("a", "Home", "Call", "Home")]
    assert column(count(con, parted, "Home", **twice), "count") == [2]
    assert column(count(con, told, "Call", "Catalogue", unit="session"), "count") == [1, 1]
    strict = count(con, told, "Call", "Catalogue", unit="session", order="strict")
    assert column(strict, "count") == [1, 0]
    assert column(count(con, told, "Catalogue", "Order", unit="session"), "count") == [1, 0]
    assert column(count(con, told, "Catalogue", "Order"), "count") == [1, 1]


def test_until_the_conversion_nothing_after_it_is_taken(con: duckdb.DuckDBPyConnection) -> None:
    told = [visit("a", "Home", "Order", "Call", outcome="converted", converted_in=2)]
    for unit in ("journey", "person", "session"):
        assert column(count(con, told, "Home", "Call", unit=unit), "count") == [1, 1]
        table = count(con, told, "Home", "Call", unit=unit, until="conversion")
        assert column(table, "count") == [1, 0]


@pytest.mark.parametrize("unit", ["journey", "person", "session"])
def test_breakdowns_ask_the_item_its_first_event_and_its_journey(
    con: duckdb.DuckDBPyConnection, unit: str
) -> None:
    evil = "<b>x' or true --"
    told = [
        visit("a", "Home", "Call", channels=(evil, "Email")),
        visit("b", "Home", "Call", channels=(evil, "Paid")),
        visit("c", "Home"),
    ]

    fill(con, told)
    con.execute("update journeys set attributes = map {'p': '1'} where person_id != 'b'")

    def counts(**switches: Any) -> dict[str, list[int]]:
        table = funnel_table(con, ["Home", "Call"], unit=unit, **switches)
        return {name: part["count"].tolist() for name, part in table.steps.groupby("segment")}

    assert counts(by="channel") == {evil: [2, 2], "(none)": [1, 0]}
    assert counts(by="channel", by_step=2) == {
        "Email": [1, 1], "Paid": [1, 1], "(no such step)": [1, 0],
    }  # fmt: skip
    assert counts(by="page") == {"/home": [3, 2]}
    assert counts(by="first_channel") == {evil: [2, 2], "(none)": [1, 0]}
    assert counts(by="attributes.p") == {"1": [2, 1], "(none)": [1, 1]}
    table = funnel_table(con, ["Home", "Call"], unit=unit, by="channel")
    assert table.steps["segment"].tolist() == [evil, evil, "(none)", "(none)"]


def test_the_order_of_rows_and_the_ids_change_nothing(con: duckdb.DuckDBPyConnection) -> None:
    told = [replace(j, channels=("Email",) * (n % 2)) for n, j in enumerate(TOLD)]
    other = [replace(j, person=f"x{9 - n}") for n, j in enumerate(told)][::-1]
    for unit in ("journey", "person", "session"):
        switches = {"unit": unit, "entry": "open", "attempt": "every", "by": "channel"}
        rows = count(con, told, "Home", "Catalogue", **switches).steps
        again = count(con, other, "Home", "Catalogue", **switches).steps
        pd.testing.assert_frame_equal(again, rows)


def test_views_narrow_what_is_counted(con: duckdb.DuckDBPyConnection) -> None:
    fill(con, TOLD)
    with con.cursor() as cursor:
        cursor.execute(
            "create temp view journeys as from memory.main.journeys where outcome = 'converted'"
        )
        for unit in ("journey", "person"):
            table = funnel_table(cursor, ["Home", "Order"], unit=unit)
            assert (table.total, column(table, "count")) == (2, [1, 1])
        cursor.execute("create temp view sessions as from memory.main.sessions limit 0")
        table = funnel_table(cursor, ["Home", "Order"], unit="session")
        assert (table.total, column(table, "count")) == (0, [0, 0])
        cursor.execute("drop view journeys; drop view sessions")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"steps": []}, "steps is empty"),
        ({"steps": "Home"}, "expected a list of touchpoints"),
        ({"steps": ["Home", "Catalog"]}, "'Catalog'.*\n.*mean Catalogue"),
        ({"steps": ["Home", ["Call"]]}, "names \\['Call'\\]"),
        ({"exclude": ["Ordr"]}, "mean Order"),
        ({"exclude": ["Home"]}, "a step of the funnel and excluded"),
        ({"unit": "journeys"}, "mean journey"),
        ({"order": "loose"}, "strict, ordered, any"),
        ({"entry": None}, "closed, open"),
        ({"attempt": "last"}, "first, every, best"),
        ({"counting": "unqiue"}, "mean unique"),
        ({"until": "never"}, "conversion, end"),
        ({"window": "soon"}, "window: expected a duration"),
        ({"window": "0d"}, "above zero"),
        ({"window": timedelta(0)}, "window: expected a duration"),
        ({"window": -DAY}, "window: expected a duration"),
        ({"window": timedelta.max}, "window: expected a duration"),
        ({"window": 14}, "found 14"),
        ({"step_window": "1 fortnight"}, "step_window: expected"),
        ({"step_window": ["1d", "1d"]}, "2 durations; expected 1"),
        ({"order": "any", "entry": "open"}, "no place to enter"),
        ({"order": "any", "step_window": "1d"}, "only window is a bound"),
        ({"by": "outcome"}, "broken down by 'outcome'"),
        ({"by": "chanel"}, "mean channel"),
        ({"by": "attributes.plan"}, "broken down by"),
        ({"by": "channel", "by_step": 3}, "expected 1 to 2"),
        ({"by_step": 0}, "expected 1 to 2"),
        ({"by_step": 1.0}, "expected 1 to 2"),
    ],
)
def test_what_makes_no_sense_is_refused(
    con: duckdb.DuckDBPyConnection, wrong: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        funnel_table(con, **({"steps": ["Home", "Call"]} | wrong))


@pytest.mark.parametrize("unit", ["journey", "person", "session"])
def test_a_store_without_journeys(con: duckdb.DuckDBPyConnection, unit: str) -> None:
    for switches in ({}, {"entry": "open"}, {"order": "any"}, {"attempt": "every"}):
        table = count(con, [], "Home", "Call", unit=unit, **switches)
        assert (table.total, column(table, "count")) == (0, [0, 0])
        assert column(table, "share_of_first") == [None, None]
        assert column(table, "low") == [None, None]
        assert column(table, "lost") == [None, 0]
    broken_down = count(con, [], "Home", "Call", unit=unit, by="page")
    assert broken_down.steps.empty
    assert broken_down.steps.columns[0] == "segment"


@st.composite
def journeys(draw: st.DrawFn) -> list[Journey]:
    paths = draw(st.lists(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6), max_size=12))
    # Neighbours are one step: what follows from that is tested where items are matched.
    paths = [[name for name, after in pairwise([*path, None]) if name != after] for path in paths]
    return [
        Journey(
            f"p{n}",
            tuple(path),
            draw(st.sampled_from(["converted", "lost", "open"])),
            converted_in=draw(st.integers(1, len(path))),
        )
        for n, path in enumerate(paths)
    ]


@given(journeys(), st.permutations(NAMES))
def test_it_has_the_numbers_of_the_path_table(
    con: duckdb.DuckDBPyConnection, told: list[Journey], names: list[str]
) -> None:
    fill(con, told)
    moves = con.execute(load_model("everyone", "transition_counts").sql).fetchall()
    one, other = names[:2]
    table = funnel_table(
        con, [one, other], order="strict", attempt="every", counting="totals", window=None,
        until="conversion",
    )  # fmt: skip
    made = [n for before, after, n, *_ in moves if (before, after) == (one, other)]
    assert table.steps["count"][1] == sum(made)
