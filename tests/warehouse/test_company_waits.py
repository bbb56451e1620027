"""Who waits for the company, and what the tables of patience make of it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from journeyflow.store import open_store
from tests.support.projects import (
    COLUMNS,
    Project,
    Row,
    assert_same_tables,
    having,
    settings,
    source,
)
from tests.warehouse.test_waits import HOUR, act

ANSWERS = ["email_sent", "refused", "robot_call", "contract"]
COMPANY = [*ANSWERS, "newsletter"]
JOURNEYS = {
    "conversions": ["purchase", "contract"], "losses": ["refused"], "lost_after": "10d",
    "company_kinds": COMPANY, "answers": ANSWERS,
}  # fmt: skip
CELLS = {**COLUMNS, "answered": "answered", "direction": "direction"}


def project_of(folder: Path, **journeys: Any) -> Project:
    sites = source(columns=CELLS, identifiers={"cookie": "cookie"})
    return Project(folder, settings(sites, journeys=JOURNEYS | journeys, **having("patience")))


def deliver(project: Project, file: str, rows: list[Row]) -> None:
    names = [*CELLS.values(), "cookie"]
    lines = [",".join(str(row.get(name, "")) for name in names) for row in rows]
    project.write(f"exports/site/{file}.csv", "\n".join([",".join(names), *lines, ""]))
    project.run()


def call(who: str, hours: float, *, answered: bool, kind: str = "call", to: str = "in") -> Row:
    return act(who, hours, kind, kind, answered=str(answered).lower(), direction=to)


def lived(events: list[Row], first_conversion: float) -> list[tuple[Any, ...]]:
    """The waits of one journey, by going through its events one after the other."""
    waiting: dict[tuple[str, str], Row] = {}
    ended: list[tuple[str, Row, Row | None]] = []
    signs = []
    for event in events:
        is_company = event["kind"] in COMPANY or event["direction"] == "out"
        is_talk = event["answered"] is True
        is_answer = is_talk or (
            event["kind"] in ANSWERS and event["kind"] != "refused" and event["answered"] is None
        )
        over = [key for key in waiting if is_talk or (is_answer and key[0] == "answer")]
        ended += [(key[0], waiting.pop(key), event) for key in over]
        if is_company or event["kind"] == "refused":
            continue
        signs.append(event["event_number"])
        if (
            event["kind"] != "page_view"
            and not is_talk
            and event["event_number"] < first_conversion
        ):
            waiting.setdefault(("answer", event["touchpoint"]), event)
            if event["answered"] is False:
                waiting.setdefault(("talk", ""), event)
    ended += [(key[0], event, None) for key, event in waiting.items()]
    found = []
    for waits_for, event, answer in ended:
        if answer and answer["event_number"] > first_conversion:
            answer = None
        went_on = answer and (
            max(signs) > answer["event_number"]
            or answer["event_number"] <= first_conversion < float("inf")
        )
        found.append(
            (
                waits_for, event["event_number"], event["touchpoint"], event["occurred_at"],
                answer and answer["occurred_at"], went_on,
                answer and ("customer" if answer["answered"] and answer["kind"] not in COMPANY
                            and answer["direction"] != "out" else "company"),
            )
        )  # fmt: skip
    return sorted(found, key=str)


def test_waits_are_those_that_going_through_the_events_finds_and_nights_know_them(
    tmp_path: Path,
) -> None:
    dice = random.Random(20261101)
    rows = []
    for person in range(90):
        at = dice.uniform(0, 500)
        for _ in range(dice.randrange(1, 12)):
            at += dice.choice([0, 0, 0.5, 3, 30, 100, 245])
            kind = dice.choice(
                ["page_view", "page_view", "form", "form", "call", "call", "call", "robot_call",
                 "email_sent", "newsletter", "refused", "purchase", "contract"]
            )  # fmt: skip
            if "call" in kind:
                to, answered = dice.choice(["in", "in", "out"]), dice.random() < 0.5
                rows.append(call(f"p{person}", at, answered=answered, kind=kind, to=to))
            else:
                place = dice.choice(["Form", "Chat"]) if kind == "form" else kind
                rows.append(act(f"p{person}", at, place, kind))
    rows.sort(key=lambda row: row["ts"])
    project = project_of(tmp_path)
    for night, part in enumerate((rows[:350], rows[350:])):
        deliver(project, str(night), part)
    events: dict[str, list[Row]] = {}
    for event in project.query("from events where journey_id is not null order by event_number"):
        events.setdefault(event["journey_id"], []).append(event)
    firsts = {
        each["journey_id"]: each["first"]
        for each in project.query(
            "select journey_id, min(event_number) as first from conversions group by journey_id"
        )
    }
    found: dict[str, list[tuple[Any, ...]]] = {}
    for each in project.rows("company_waits"):
        told = ("waits_for", "event_number", "touchpoint", "began_at", "answered_at", "went_on",
                "answered_by")  # fmt: skip
        found.setdefault(each["journey_id"], []).append(tuple(each[name] for name in told))
        wait = each["answered_at"] and (each["answered_at"] - each["began_at"]).total_seconds()
        assert each["wait_s"] == wait
    assert len(found) > 60
    for journey, mine in events.items():
        expected = lived(mine, firsts.get(journey, float("inf")))
        assert sorted(found.get(journey, []), key=str) == expected
    nightly = project.tables()
    project.run(full_refresh=True)
    assert_same_tables(nightly, project.tables())


def test_patience_ends_with_the_loss_and_a_purchase_ends_the_watching(tmp_path: Path) -> None:
    rows = [
        # Twelve forms: four are answered after two hours, two of these go on later.
        *[act(f"a{n}", 0, "Form", "form") for n in range(12)],
        *[act(f"a{n}", 2, "Letter", "email_sent") for n in range(4)],
        *[act(f"a{n}", 30, "Home", "page_view") for n in range(2)],
        # Three are refused after five hours, one buys after three; the rest falls silent.
        *[act(f"a{n}", 5, "Desk", "refused") for n in (4, 5, 6)], act("a7", 3, "Shop", "purchase"),
        act("z", 20 * 24, "Home", "page_view"),
    ]  # fmt: skip
    project = project_of(tmp_path)
    deliver(project, "1", rows)
    table = {r["after_s"]: r for r in project.query("from patience where touchpoint = 'Form'")}
    assert table[0]["at_risk"] == 12
    # After an hour 12 still wait; four hours on 7 do, which are too few to be shown.
    assert max(table) == 2 * HOUR
    assert table[2 * HOUR]["answered"] == pytest.approx(4 / 12)
    answers = ("answers", "watched", "went_on")
    assert [table[2 * HOUR][each] for each in answers] == [4, 4, 2]
    (cap,) = project.query("from patience_whatif where touchpoint = 'Form' and within_s = 3600")
    # Of 8 who wait on after two hours one is censored by a purchase; then all of 7 get lost.
    assert (cap["served_now"], cap["lost_now"]) == pytest.approx((1 / 3, 2 / 3))
    assert cap["served_then_most"] == 1
    # Three were refused after the hour, who were there; the silent gave no sign any more.
    assert cap["served_then_least"] == pytest.approx(1 / 3 + 2 / 3 * 3 / 7)
    with open_store(project.folder) as store:
        assert len(store.only({"outcome": "lost"}).query("from company_waits")) == 11
        assert store.only({"outcome": "open"}).query("from patience").empty


def test_where_no_kinds_are_the_companys_calls_alone_are_waited_for(tmp_path: Path) -> None:
    project = project_of(tmp_path, company_kinds=[], answers=[])
    rows = [
        act("a", 0, "Form", "form"), call("a", 1, answered=False), call("a", 2, answered=False),
        call("a", 5, answered=True, to="out"), act("a", 6, "Home"), call("b", 7, answered=True),
    ]  # fmt: skip
    deliver(project, "1", rows)
    (wait,) = project.rows("company_waits")
    assert (wait["waits_for"], wait["touchpoint"], wait["wait_s"]) == ("talk", "call", 4 * HOUR)
    assert (wait["answered_by"], wait["went_on"]) == ("company", True)
    assert project.rows("patience") == []


def test_a_log_that_tells_calls_by_their_kinds_has_them_missed_and_answered(
    tmp_path: Path,
) -> None:
    named = {
        "page_views": ["Seitenaufruf"],
        "talks": ["Anruf angenommen", "Rückruf"],
        "missed_calls": ["Anruf verpasst", "nicht erreicht"],
        "company_kinds": ["Rückruf", "nicht erreicht", "Rundbrief"],
        "answers": ["Rückruf"],
    }
    kinds = [
        "Seitenaufruf", "Anfrage", "Rundbrief", "nicht erreicht", "Anruf verpasst", "Rückruf",
        "Anruf angenommen",
    ]  # fmt: skip
    rows = [act("a", hour, "", kind) for hour, kind in enumerate(kinds)]
    project = project_of(tmp_path, **named)
    project.set(dict(project.settings) | having("patience", "losses"))
    deliver(project, "1", rows)
    waits = project.query("from company_waits order by waits_for, event_number")
    assert [(each["waits_for"], each["touchpoint"], each["wait_s"]) for each in waits] == [
        ("answer", "Anfrage", 4 * HOUR),
        ("answer", "Anruf verpasst", HOUR),
        ("talk", "Anruf verpasst", HOUR),
    ]
    (missed,) = project.rows("missed_calls")
    # The call in vain came before it, and the customer was called back.
    assert (missed["attempts"], missed["ended_by"]) == (0, "company")
    counts = project.query("from critical_points where level = 'touchpoint' and missed_calls > 0")
    assert [(each["point"], each["missed_calls"]) for each in counts] == [("Anruf verpasst", 1)]
    # Nobody said which kinds are complaints, and nobody says that there were none.
    assert {each["complaints"] for each in project.rows("critical_points")} == {None}
    told = [each["answered"] for each in project.query("from events order by event_number")]
    assert told == [None, None, None, False, False, True, True]


def test_where_nothing_says_whether_calls_were_answered_none_is_known_to_be_missed(
    tmp_path: Path,
) -> None:
    project = project_of(tmp_path)
    project.set(dict(project.settings) | having("losses"))
    deliver(project, "1", [act("a", 0, "Phone", "call"), act("a", 1, "Home")])
    assert {each["missed_calls"] for each in project.rows("critical_points")} == {None}
    assert {each["missed_calls_per_100"] for each in project.rows("critical_points")} == {None}
