"""What calls become in a whole run."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.projects import Project, Row, assert_same_tables, few, settings

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


LOST = {"is_lost": True, "finish_reason": "timeout"}
OUT = {"direction": "out", "source": "sip"}
COMPANY = {"company_kinds": ["call_out"], "lost_after": "7d"}


def waits(project: Project) -> list[tuple[Any, ...]]:
    return [
        (
            row["event_id"],
            row["is_repeat"],
            row["attempts"],
            row["ended_by"],
            row["wait_s"],
        )
        for row in project.query("from missed_calls order by called_at, event_id")
    ]


def test_a_missed_call_waits_for_the_next_talk_whoever_calls(tmp_path: Path) -> None:
    project = published(
        tmp_path,
        uis(journeys=COMPANY),
        call(1, "10:00:00", **LOST),
        call(2, "10:05:00", **LOST),
        call(3, "10:20:00", **LOST, **OUT),
        call(4, "10:30:00", **OUT),
        call(5, "12:00:00", voice_mail_records=["a"], talk_duration=0),
        call(6, "12:10:00"),
        call(7, "13:00:00", **LOST),
        call(8, "14:00:00", **LOST, **OUT),
    )
    assert waits(project) == [
        ("1", False, 1, "company", 1800.0),
        ("2", True, 1, "company", 1500.0),
        ("5", False, 0, "customer", 600.0),
        ("7", False, 1, None, None),
    ]


def test_what_is_no_talk_ends_no_wait_and_what_is_no_missed_call_has_none(tmp_path: Path) -> None:
    project = published(
        tmp_path,
        uis(journeys=COMPANY),
        call(1, "10:00:00", **LOST),
        call(2, "10:05:00", is_lost=None),
        call(3, "10:06:00", contact_phone_number="79161234568"),
        call(4, "10:07:00", contact_phone_number=None, **LOST),
        call(5, "10:08:00", is_lost=True, finish_reason="numa_in_spam_list"),
        call(6, "10:09:00", source="sitephone", **LOST),
        call(7, "10:10:00", source="sitephone"),
    )
    assert waits(project) == [("1", False, 1, "company", 600.0)]


def test_a_wait_ends_within_its_journey_or_not_at_all(tmp_path: Path) -> None:
    later = {"start_time": "2025-03-08 10:00:01"}
    project = published(
        tmp_path,
        uis(journeys=COMPANY),
        call(1, "10:00:00", **LOST),
        call(2, "", **OUT, **later),
        call(3, "10:00:00", contact_phone_number="79161234568", **LOST),
        call(4, "", contact_phone_number="79161234568", **OUT, start_time="2025-03-08 10:00:00"),
        call(5, "", contact_phone_number="79161234569", **LOST, **later),
    )
    assert waits(project) == [
        ("1", False, 0, None, None),
        ("3", False, 0, "company", 7 * 86400.0),
        ("5", False, 0, None, None),
    ]


def naive(project: Project) -> list[tuple[Any, ...]]:
    """The same from the published events, one call after another."""
    calls = project.query(
        "from events where answered is not null and journey_id is not null order by event_number"
    )
    found = []
    for one in calls:
        if one["answered"] or one["direction"] == "out":
            continue
        others = [each for each in calls if each["journey_id"] == one["journey_id"]]
        place = others.index(one)
        after, before = others[place + 1 :], others[:place][::-1]
        talk = next((each for each in after if each["answered"]), None)
        tried = after[: after.index(talk)] if talk else after
        last = next(
            (each for each in before if each["answered"] or each["direction"] == "in"), None
        )
        found.append((
            one["event_id"],
            last is not None and not last["answered"],
            sum(each["direction"] == "out" for each in tried),
            talk and ("company" if talk["direction"] == "out" else "customer"),
            talk and (talk["occurred_at"] - one["occurred_at"]).total_seconds(),
        ))  # fmt: skip
    return sorted(found)


GAPS = (0, 1, 600, 86_400, 7 * 86_400 - 1, 7 * 86_400, 7 * 86_400 + 1, 20 * 86_400)


@few(2)
@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from(GAPS), st.booleans(), st.booleans()),
        min_size=1,
        max_size=24,
    ),
    st.integers(0, 3),
    st.randoms(use_true_random=False),
)
def test_nights_in_any_order_equal_the_definition_and_a_full_refresh(
    told: list[tuple[int, int, bool, bool]], nights: int, dice: Random
) -> None:
    at = [datetime(2025, 3, 1, 10), datetime(2025, 3, 1, 12)]  # noqa: DTZ001
    calls = []
    for number, (person, gap, lost, out) in enumerate(told):
        at[person] += timedelta(seconds=gap)
        calls.append(
            call(
                number,
                "",
                start_time=f"{at[person]:%Y-%m-%d %H:%M:%S}",
                contact_phone_number=f"7916123456{person}",
                is_lost=lost,
                **(OUT if out else {}),
            )
        )
    if nights % 2:
        dice.shuffle(calls)
    with TemporaryDirectory() as folder:
        project = Project(Path(folder), uis(journeys=COMPANY))
        for night in range(nights + 1):
            part = calls[
                night * len(calls) // (nights + 1) : (night + 1) * len(calls) // (nights + 1)
            ]
            project.write(f"calls/{night}.json", answer(*part))
            project.run()
        assert sorted(waits(project)) == naive(project)
        nightly = project.tables()
        project.run(full_refresh=True)
        assert_same_tables(nightly, project.tables())


@pytest.mark.parametrize("marked", [False, True])
def test_chains_without_any_marked_end_are_told(tmp_path: Path, marked: bool) -> None:
    source = {"name": "calls", "format": "calltouch", "files": ["calls/*.json"]}
    project = Project(tmp_path, settings(source, identity={"region": "RU"}))
    tags = [["Обратный звонок с формы"], ["Обратный звонок с формы", "Последний в цепочке"]]
    records = [
        {
            "callId": number,
            "timestamp": 1_740_823_200 + number,
            "callerNumber": "79161234567",
            "successful": False,
            "callbackCall": True,
            "callTags": [{"names": tags[marked and number == 2]}],
        }
        for number in range(3)
    ] + [{"callId": 9, "timestamp": 1_740_823_300, "callerNumber": "79161234567"}]
    project.write("calls/1.json", json.dumps({"records": records}))
    project.run()
    told = [each["warning"] for each in project.rows("warnings") if "chain" in each["warning"]]
    said = "3 callbacks of source 'calls' that reached nobody are skipped"
    assert [each.startswith(said) for each in told] == [True] * (not marked)
    assert project.rows("skipped")[0]["rows"] == 3 - marked
