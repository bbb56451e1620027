"""What calls become in a whole run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.projects import Project, Row, settings

RULE = {
    "name": "Missed",
    "when": {"kind": "call", "attributes.outcome": "missed"},
}


def uis(**tables: Any) -> Row:
    source = {"name": "calls", "format": "uis", "files": ["calls/*.json"], "timezone": "UTC"}
    return settings(source, identity={"region": "RU"}, **tables)


def call(number: int, at: str, **changes: Any) -> Row:
    return {
        "id": number,
        "start_time": f"2025-03-01 {at}",
        "direction": "in",
        "is_lost": False,
        "contact_phone_number": "79161234567",
    } | changes


def answer(*calls: Row) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"data": calls}})


def published(folder: Path, document: Row, *calls: Row) -> Project:
    project = Project(folder, document)
    project.write("calls/1.json", answer(*calls))
    project.run()
    return project


def test_spam_is_kept_and_flagged_and_takes_no_part(tmp_path: Path) -> None:
    spam = {"is_lost": True, "finish_reason": "numa_in_spam_list"}
    project = published(
        tmp_path,
        uis(),
        call(1, "10:00:00"),
        call(2, "10:05:00", **spam),
        call(3, "10:06:00", contact_phone_number="79161234568", **spam),
    )
    events = {row["event_id"]: row for row in project.rows("events")}
    assert [events[each]["is_bot"] for each in "123"] == [False, True, True]
    assert [events[each]["participates"] for each in "123"] == [True, False, False]
    (person,) = project.rows("persons")
    assert (person["events"], events["3"]["person_id"]) == (1, None)


def test_a_rule_may_ask_how_a_call_ended(tmp_path: Path) -> None:
    project = published(
        tmp_path,
        uis(touchpoints=[RULE]),
        call(1, "10:00:00", is_lost=True, finish_reason="timeout"),
        call(2, "10:05:00"),
    )
    (journey,) = project.rows("journeys")
    assert journey["path"] == ["Missed", "call"]


@pytest.mark.parametrize("untold", [0, 2])
def test_calls_that_do_not_say_whether_anybody_answered_are_told(
    tmp_path: Path, untold: int
) -> None:
    calls = [call(n, f"10:0{n}:00", **({"is_lost": None} if n < untold else {})) for n in range(3)]
    project = published(tmp_path, uis(), *calls)
    told = [each["warning"] for each in project.rows("warnings") if "outcome" in each["warning"]]
    said = f"{untold} of 3 calls of source 'calls' do not say whether anybody answered"
    assert [each.startswith(said) for each in told] == [True] * (untold > 0)
