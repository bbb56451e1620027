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


def test_calls_that_do_not_say_whether_anybody_answered_are_told(tmp_path: Path) -> None:
    told = {"name": "told", "format": "uis", "files": ["told/*.json"], "timezone": "UTC"}
    document = uis()
    project = Project(tmp_path, document | {"sources": [*document["sources"], told]})
    for name, untold in (("calls", 2), ("told", 0)):
        calls = [
            call(n, f"10:0{n}:00", **({"is_lost": None} if n < untold else {})) for n in range(3)
        ]
        project.write(f"{name}/1.json", answer(*calls))
    project.run()
    (said,) = [each["warning"] for each in project.rows("warnings") if "outcome" in each["warning"]]
    assert said.startswith("2 of 3 calls of source 'calls' do not say whether anybody answered")


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


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """All calls of the five tests below, each of which has customers of its own."""
    calls = [*WAITS, *NO_TALKS, *LATER, *SPAM, *MISSED]
    document = uis(journeys=COMPANY, touchpoints=[RULE])
    return published(tmp_path_factory.mktemp("told"), document, *calls)


def waits_from(project: Project, first: int) -> list[tuple[Any, ...]]:
    """Waits of the calls from the number `first` on, which are a hundred at most."""
    return [each for each in waits(project) if first <= int(each[0]) < first + 100]


WAITS = [
    call(101, "10:00:00", **LOST),
    call(102, "10:05:00", **LOST),
    call(103, "10:20:00", **LOST, **OUT),
    call(104, "10:30:00", **OUT),
    call(105, "12:00:00", voice_mail_records=["a"], talk_duration=0),
    call(106, "12:10:00"),
    call(107, "13:00:00", **LOST),
    call(108, "14:00:00", **LOST, **OUT),
]


def test_a_missed_call_waits_for_the_next_talk_whoever_calls(told: Project) -> None:
    assert waits_from(told, 100) == [
        ("101", False, 1, "company", 1800.0),
        ("102", True, 1, "company", 1500.0),
        ("105", False, 0, "customer", 600.0),
        ("107", False, 1, None, None),
    ]


CLARA, DORA, EMMA, FRED, GINA, HUGO, IRIS, JOHN = (
    {"contact_phone_number": f"7916123457{n}"} for n in range(8)
)
NO_TALKS = [
    call(201, "10:00:00", **CLARA, **LOST),
    call(202, "10:05:00", **CLARA, is_lost=None),
    call(203, "10:06:00", **DORA),
    call(204, "10:07:00", contact_phone_number=None, **LOST),
    call(205, "10:08:00", **CLARA, is_lost=True, finish_reason="numa_in_spam_list"),
    call(206, "10:09:00", **CLARA, source="sitephone", **LOST),
    call(207, "10:10:00", **CLARA, source="sitephone"),
]


def test_what_is_no_talk_ends_no_wait_and_what_is_no_missed_call_has_none(told: Project) -> None:
    assert waits_from(told, 200) == [("201", False, 1, "company", 600.0)]


AFTER = {"start_time": "2025-03-08 10:00:01"}
LATER = [
    call(301, "10:00:00", **EMMA, **LOST),
    call(302, "", **EMMA, **OUT, **AFTER),
    call(303, "10:00:00", **FRED, **LOST),
    call(304, "", **FRED, **OUT, start_time="2025-03-08 10:00:00"),
    call(305, "", **GINA, **LOST, **AFTER),
]


def test_a_wait_ends_within_its_journey_or_not_at_all(told: Project) -> None:
    assert waits_from(told, 300) == [
        ("301", False, 0, None, None),
        ("303", False, 0, "company", 7 * 86400.0),
        ("305", False, 0, None, None),
    ]


SPOILT = {"is_lost": True, "finish_reason": "numa_in_spam_list"}
SPAM = [
    call(401, "10:00:00", **HUGO),
    call(402, "10:05:00", **HUGO, **SPOILT),
    call(403, "10:06:00", **IRIS, **SPOILT),
]


def test_spam_is_kept_and_flagged_and_takes_no_part(told: Project) -> None:
    events = {row["event_id"]: row for row in told.rows("events")}
    assert [events[each]["is_bot"] for each in ("401", "402", "403")] == [False, True, True]
    assert [events[each]["participates"] for each in ("401", "402", "403")] == [True, False, False]
    (person,) = told.of("401", "persons")
    assert (person["events"], events["403"]["person_id"]) == (1, None)


MISSED = [call(501, "10:00:00", **JOHN, **LOST), call(502, "10:05:00", **JOHN)]


def test_a_rule_may_ask_how_a_call_ended(told: Project) -> None:
    (journey,) = told.of("501", "journeys")
    assert journey["path"] == ["Missed", "call"]


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


def test_chains_without_any_marked_end_are_told(tmp_path: Path) -> None:
    sources = [
        {"name": name, "format": "calltouch", "files": [f"{name}/*.json"]}
        for name in ("unmarked", "marked")
    ]
    project = Project(tmp_path, settings(*sources, identity={"region": "RU"}))
    tags = [["Обратный звонок с формы"], ["Обратный звонок с формы", "Последний в цепочке"]]
    for name in ("unmarked", "marked"):
        records = [
            {
                "callId": number,
                "timestamp": 1_740_823_200 + number,
                "callerNumber": "79161234567",
                "successful": False,
                "callbackCall": True,
                "callTags": [{"names": tags[name == "marked" and number == 2]}],
            }
            for number in range(3)
        ] + [{"callId": 9, "timestamp": 1_740_823_300, "callerNumber": "79161234567"}]
        project.write(f"{name}/1.json", json.dumps({"records": records}))
    project.run()
    (told,) = [each["warning"] for each in project.rows("warnings") if "chain" in each["warning"]]
    assert told.startswith("3 callbacks of source 'unmarked' that reached nobody are skipped")
    skipped = project.query("select source, rows from skipped")
    assert {each["source"]: each["rows"] for each in skipped} == {"unmarked": 3, "marked": 2}
