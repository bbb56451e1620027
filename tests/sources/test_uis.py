from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from journeyflow.errors import DataError
from tests.support.projects import Project, settings
from tests.support.reading import Desk, Read, bench, identifiers

Record = dict[str, Any]
ZONE = "Europe/Moscow"


def call(number: int = 1, **changes: Any) -> Record:
    """A visitor's call to a number that was lent: 2026-03-02 12:00:05 in Moscow."""
    return {
        "id": 5_000_000_000 + number,
        "start_time": "2026-03-02 12:00:05",
        "finish_time": "2026-03-02 12:03:40",
        "direction": "in",
        "is_lost": False,
        "finish_reason": "operator_disconnects",
        "source": "dynamic_call_tracking",
        "virtual_phone_number": "74950000111",
        "contact_phone_number": "79161234567",
        "contact_full_name": "Доу Джейн",
        "communication_type": "call",
        "wait_duration": 12,
        "total_wait_duration": 20,
        "talk_duration": 203,
        "total_duration": 223,
        "lost_call_processing_duration": None,
        "first_answered_employee_full_name": "Иванова А.",
        "last_answered_employee_full_name": "Петров Б.",
        "campaign_name": "Сайт",
        "person_id": 778,
        "visitor_id": 777_000_001,
        "visitor_session_id": 1_900_000_001,
        "ua_client_id": "100200300.1772440000",
        "ym_client_id": "1772440000123456789",
        "gclid": None,
        "yclid": "15023",
        "ymclid": None,
        "communication_page_url": "https://kitchen.example/contacts/",
        "entrance_page": "https://kitchen.example/catalog/?utm_content=b",
        "referrer": "https://yandex.ru/",
        "utm_source": "yandex",
        "utm_medium": "cpc",
        "utm_campaign": "kuhni",
        "eq_utm_source": "direct",
        "visitor_device": "mobile",
        "visitor_city": "Москва",
        "voice_mail_records": [],
        "tags": [{"tag_id": 1, "tag_name": "Целевой", "tag_type": "manual"}],
        **changes,
    }


WEB = (
    "visitor_id",
    "visitor_session_id",
    "person_id",
    "ua_client_id",
    "ym_client_id",
    "yclid",
    "communication_page_url",
    "entrance_page",
    "referrer",
    "visitor_device",
    "visitor_city",
)


def static(number: int = 2, **changes: Any) -> Record:
    """A call to a number on a board: the campaign fields are those of the number's campaign."""
    nothing = dict.fromkeys(WEB)
    board = {"source": "call_tracking", "campaign_name": "Щит на МКАД", "utm_source": "board"}
    return call(number, **nothing, **{**board, **changes})


def answer(records: list[Record], indent: int | None = None) -> str:
    envelope = {
        "jsonrpc": "2.0",
        "id": 1,
        "result": {"metadata": {"total_items": len(records)}, "data": records},
    }
    return json.dumps(envelope, ensure_ascii=False, indent=indent)


def flattened(records: list[Record]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, records[0], delimiter=";")
    writer.writeheader()
    writer.writerows(records)
    return stream.getvalue()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with bench(tmp_path_factory.mktemp("calls"), format="uis", timezone=ZONE) as desk:
        yield desk


def read(desk: Desk, *records: Record) -> Read:
    return desk.read("calls.json", answer(list(records)))


def test_a_call_from_a_visit_bridges_phone_and_browser(desk: Desk) -> None:
    found = read(desk, call())
    (row,) = found.rows
    expected = {
        "event_id": "5000000001",
        "occurred_at": datetime(2026, 3, 2, 9, 0, 5, tzinfo=UTC),
        "kind": "call",
        "direction": "in",
        "answered": True,
        "wait_s": 12.0,
        "duration_s": 203.0,
        "page": "/contacts/",
        "host": "kitchen.example",
        "referrer_host": "yandex.ru",
        "utm_source": "yandex",
        "utm_medium": "cpc",
        "utm_campaign": "kuhni",
        "click": "yclid",
        "device": "mobile",
        "region": "Москва",
        "owner": "Иванова А.",
        "attributes": {
            "outcome": "answered",
            "tracking": "dynamic",
            "campaign": "Сайт",
            "reason": "operator_disconnects",
        },
    }
    assert {key: row[key] for key in expected} == expected
    values = {
        "phone": "+79161234567",
        "uis_person": "778",
        "uis_visitor": "777000001",
        "session_id": "1900000001",
        "ga_client_id": "100200300.1772440000",
        "ym_client_id": "1772440000123456789",
        "yclid": "15023",
    }
    assert identifiers(row) == {type: desk.key(type, value) for type, value in values.items()}
    assert "Доу" not in str(row)


def test_a_static_number_has_a_caller_and_nothing_of_the_web(desk: Desk) -> None:
    # Of the second somebody left what belongs to an earlier visit.
    found = read(desk, static(), call(3, source="call_tracking"), call(4, source="va"))
    for row in found.rows:
        assert set(identifiers(row)) == {"phone"}
        web = ("utm_source", "utm_medium", "utm_campaign", "click", "referrer_host", "page")
        assert [row[key] for key in web] == [None] * 6
    told = [row["attributes"].get("tracking") for row in found.rows]
    assert told == ["static", "static", None]
    assert found.rows[0]["attributes"]["campaign"] == "Щит на МКАД"
    assert desk.key("phone", "+74950000111") not in str(found.rows)


@pytest.mark.parametrize(
    ("changes", "tracking", "is_visit"),
    [
        ({"source": "simple_dt"}, "dynamic", True),
        ({"source": "sitephone"}, None, True),
        ({"source": "lead"}, None, True),
        ({"source": "callapi"}, None, False),
        ({"source": "never_heard_of"}, None, False),
        ({"source": None}, "dynamic", True),
        ({"source": None, "visitor_session_id": None}, None, False),
    ],
)
def test_the_source_tells_whether_a_call_came_from_a_visit(
    desk: Desk, changes: Record, tracking: str | None, is_visit: bool
) -> None:
    (row,) = read(desk, call(**changes)).rows
    assert row["attributes"].get("tracking") == tracking
    assert ("uis_visitor" in identifiers(row)) is is_visit
    assert row["utm_source"] == ("yandex" if is_visit else None)


@pytest.mark.parametrize(
    ("source", "told"),
    [("sitephone", "true"), ("auto_back_call_by_lost_call", "true"), ("consultant", None)],
)
def test_calls_that_were_asked_for_are_callbacks(desk: Desk, source: str, told: str | None) -> None:
    (row,) = read(desk, call(source=source)).rows
    assert row["attributes"].get("callback") == told


def test_calls_that_the_company_makes_are_its_own_kind(desk: Desk) -> None:
    found = read(desk, call(1, direction="out", source="sip", is_lost=True), call(2))
    told = [(row["kind"], row["direction"], row["answered"]) for row in found.rows]
    assert told == [("call_out", "out", False), ("call", "in", True)]


def test_a_lost_call_waited_all_the_time_it_had(desk: Desk) -> None:
    lost = {
        "is_lost": True,
        "wait_duration": None,
        "talk_duration": None,
        "first_answered_employee_full_name": None,
        "last_answered_employee_full_name": None,
        "lost_call_processing_duration": 1260,
    }
    (row,) = read(desk, call(finish_reason="subscriber_disconnects", **lost)).rows
    told = [row[key] for key in ("answered", "wait_s", "duration_s", "owner")]
    assert told == [False, 20.0, None, None]
    assert row["attributes"]["processed_after_s"] == "1260"
    assert row["attributes"]["reason"] == "subscriber_disconnects"


@pytest.mark.parametrize(
    ("changes", "outcome", "answered", "agent"),
    [
        ({"is_lost": False, "finish_reason": "subscriber_disconnects"}, "answered", True, None),
        ({"is_lost": True, "finish_reason": "subscriber_disconnects"}, "abandoned", False, None),
        ({"is_lost": True, "finish_reason": "operator_busy"}, "busy", False, None),
        ({"is_lost": True, "finish_reason": "no_active_scenario"}, "failed", False, None),
        ({"is_lost": True, "finish_reason": "timeout"}, "missed", False, None),
        ({"is_lost": True, "finish_reason": "a_reason_to_come"}, "missed", False, None),
        ({"is_lost": True, "finish_reason": None}, "missed", False, None),
        ({"is_lost": True, "finish_reason": "numa_in_spam_list"}, "spam", False, "(robot)"),
        ({"is_lost": True, "finish_reason": "NUMA_IN_BLACK_LIST"}, "spam", False, "(robot)"),
        (
            {"is_lost": True, "finish_reason": "subscriber_disconnects", "direction": "out"},
            "missed",
            False,
            None,
        ),
        ({"is_lost": None}, "unknown", None, None),
        (
            {"is_lost": True, "talk_duration": 0, "voice_mail_records": ["a1"]},
            "voicemail",
            False,
            None,
        ),
    ],
)
def test_how_a_call_ended(
    desk: Desk, changes: Record, outcome: str, answered: bool | None, agent: str | None
) -> None:
    (row,) = read(desk, call(**changes)).rows
    told = (row["attributes"]["outcome"], row["answered"], row["user_agent"])
    assert told == (outcome, answered, agent)


@pytest.mark.parametrize(
    ("talk", "records", "answered"),
    [(203, ["a1"], True), (0, ["a1"], False), (None, ["a1"], False), (0, [], True)],
)
def test_a_message_that_was_left_is_no_answer(
    desk: Desk, talk: int | None, records: list[str], answered: bool
) -> None:
    (row,) = read(desk, call(talk_duration=talk, voice_mail_records=records)).rows
    assert row["answered"] is answered


def test_all_files_of_the_same_calls_read_alike(desk: Desk) -> None:
    records = [
        call(1),
        static(2),
        call(3, is_lost=True, direction="out", talk_duration=-30),
        call(4, voice_mail_records=["a1"], talk_duration=0),
    ]
    files: dict[str, str | bytes] = {
        "answer.json": answer(records),
        "indented.json": answer(records, indent=2),
        "array.json": json.dumps(records),
        "lines.ndjson": "\n".join(map(json.dumps, records)),
        "flat.csv": flattened(records),
    }
    reads = desk.read_together(files)
    assert [row["answered"] for row in reads[0].rows] == [True, True, False, False]
    assert reads[0].rows[2]["duration_s"] is None
    for each in reads:
        assert each.landing.fault is None
        assert each.rows == reads[0].rows


def test_pages_are_files_of_their_own_and_the_last_may_be_empty(desk: Desk) -> None:
    pages = desk.read_together(
        {"1.json": answer([call(1), call(2)]), "2.json": answer([call(3)]), "3.json": answer([])}
    )
    assert [len(each.rows) for each in pages] == [2, 1, 0]
    assert [each.landing.fault for each in pages] == [None] * 3


def test_times_are_those_of_the_declared_zone_and_its_doubled_hour(tmp_path: Path) -> None:
    with bench(tmp_path, format="uis", timezone="Europe/Berlin") as berlin:
        found = read(
            berlin,
            call(1, start_time="2025-10-26 02:30:00"),
            call(2, start_time="2026-03-29 02:30:00"),
        )
    (row,) = found.rows
    assert row["occurred_at"] == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert row["time_flag"] == "ambiguous"
    assert [(line, column) for line, column, *_ in found.rejects] == [(2, "occurred_at")]


def test_without_a_zone_the_file_is_refused(tmp_path: Path) -> None:
    with (
        bench(tmp_path, format="uis") as homeless,
        pytest.raises(DataError, match=r"calls\.json: 1 times have no offset"),
    ):
        read(homeless, call())


LEG = {
    "id": 7_001,
    "call_session_id": 5_000_000_001,
    "start_time": "2026-03-02 12:00:05",
    "direction": "in",
    "is_operator": True,
    "calling_phone_number": "79161234567",
    "virtual_phone_number": "74950000111",
}


@pytest.mark.parametrize("more", [{}, {"contact_phone_number": "79161234567"}])
def test_legs_are_refused_and_never_counted_as_calls(desk: Desk, more: Record) -> None:
    legs = [{**LEG, **more}, {**LEG, **more, "id": 7_002}]
    for name, text in (("legs.json", answer(legs)), ("legs.csv", flattened(legs))):
        with pytest.raises(DataError, match=r"holds legs of calls.*'call_session_id'") as raised:
            desk.read(name, text)
        assert "get.calls_report" in str(raised.value.hint)


def test_what_is_no_call_among_all_contacts_is_skipped(desk: Desk) -> None:
    found = read(desk, call(1), call(2, communication_type="chat"))
    assert [row["event_id"] for row in found.rows] == ["5000000001"]
    assert found.skips == {"not a call": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (answer([call()])[:-20], "not a whole JSON document"),
        ('{"jsonrpc": "2.0", "id": 1, "error": {"code": -32003}}', "does not look like uis"),
        ('{"jsonrpc": "2.0", "id": 1, "result": {"data": {}}}', "a list under 'result.data'"),
        (answer([{"id": 1, "start_time": "2026-03-02 12:00:05"}]), "'contact_phone_number'"),
    ],
)
def test_what_is_no_calls_report_is_refused_by_name(desk: Desk, text: str, message: str) -> None:
    with pytest.raises(DataError, match=rf"calls\.json: .*{message}"):
        desk.read("calls.json", text)


def test_a_flag_that_is_neither_yes_nor_no_rejects_its_row(desk: Desk) -> None:
    found = read(desk, call(1), call(2, is_lost="perhaps"))
    assert len(found.rows) == 1
    assert found.rejects == [(2, "answered", "xxxxxxx", "neither yes nor no")]


def test_what_the_vendor_holds_to_be_one_person_joins_no_two_callers(tmp_path: Path) -> None:
    """A number that was lent to one visitor rings for a stranger: the vendor takes both for one."""
    source = {"name": "calls", "format": "uis", "files": ["calls/*.json"], "timezone": ZONE}
    project = Project(tmp_path, settings(source, identity={"region": "RU"}))
    visitor = {"ua_client_id": None, "ym_client_id": None, "yclid": None}
    calls = [
        call(1, **visitor, contact_phone_number="79161234567"),
        call(2, **visitor, contact_phone_number="79161234568", visitor_session_id=1),
        call(3, **visitor, contact_phone_number="79161234568", source="va"),
    ]
    project.write("calls/1.json", answer(calls))
    project.run()
    one, stranger, later = [row["person_id"] for row in project.rows("events")]
    assert stranger == later != one
