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
from tests.support.reading import Desk, Read, bench, identifiers

Record = dict[str, Any]
ZONE = "Europe/Moscow"
DYNAMIC, STATIC = "динамика", "статика"
CALLBACK, LAST = "Обратный звонок с формы", "Последний в цепочке"


def tags(*names: str) -> list[Record]:
    return [{"category": "", "type": "AUTO-PN", "names": ["звонок", *names]}]


def dynamic(number: int = 1, **changes: Any) -> Record:
    """A call from a pool number: 2025-12-14 18:52:13 in Moscow."""
    return {
        "callId": 310_000_000 + number,
        "date": "14/12/2025 18:52:13",
        "timestamp": 1_765_727_533,
        "sessionDate": "14/12/2025 06:51:57",
        "duration": 554,
        "waitingConnect": None,
        "callerNumber": "79161234567",
        "phoneNumber": "74950000486",
        "successful": True,
        "callbackCall": False,
        "source": "google",
        "medium": "organic",
        "utmSource": "<не указано>",
        "utmMedium": "<не указано>",
        "utmCampaign": "<не заполнено>",
        "url": "https://kitchen.example/catalog/?yclid=15023&utm_content=b",
        "callUrl": "https://kitchen.example/contacts/",
        "ref": "https://www.google.com/",
        "sessionId": 1_900_000_001,
        "ctCallerId": "0123456789abcdef0123456789abcdef",
        "ctClientId": 800_000_000_100_000_007,
        "clientId": "100200300.1765720000",
        "yaClientId": "1765720000123456789",
        "device": "mobile",
        "city": "moscow",
        "manager": "Ирина",
        "subPoolName": "Остальные",
        "callTags": tags(DYNAMIC),
        **changes,
    }


def static(number: int = 2, **changes: Any) -> Record:
    """A call to a number that stands on a board, and so for a medium and no visit."""
    nothing = dict.fromkeys(
        ("sessionId", "clientId", "yaClientId", "ctClientId", "url", "callUrl", "ref", "city")
    )
    return dynamic(
        number,
        **nothing,
        waitingConnect=43,
        source="74950000009",
        medium="offline",
        utmSource="74950000009",
        utmMedium="offline",
        utmCampaign="74950000009",
        phoneNumber="74950000009",
        subPoolName="Карты",
        callTags=tags(STATIC),
        **changes,
    )


def enveloped(records: list[Record]) -> str:
    page = {"page": 1, "pageTotal": 1, "pageSize": 1000, "recordsTotal": len(records)}
    return json.dumps({**page, "records": records}, ensure_ascii=False, indent=1)


def lines(records: list[Record]) -> str:
    return "".join(json.dumps(each) + "\n" for each in records)


def flattened(records: list[Record]) -> str:
    """A table of the same names; Python's True and a list's names are what flattening leaves."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, records[0], delimiter=";")
    writer.writeheader()
    for record in records:
        names = [name for tag in record["callTags"] or () for name in tag["names"]]
        writer.writerow({**record, "callTags": ", ".join(names)})
    return stream.getvalue()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with bench(tmp_path_factory.mktemp("calls"), format="calltouch", timezone=ZONE) as desk:
        yield desk


def read(desk: Desk, *records: Record) -> Read:
    return desk.read("calls.json", enveloped(list(records)))


def test_a_call_from_a_visit_bridges_phone_and_browser(desk: Desk) -> None:
    found = read(desk, dynamic())
    (row,) = found.rows
    expected = {
        "event_id": "310000001",
        "occurred_at": datetime(2025, 12, 14, 15, 52, 13, tzinfo=UTC),
        "kind": "call",
        "direction": "in",
        "answered": True,
        "duration_s": 554.0,
        "wait_s": None,
        "page": "/contacts/",
        "host": "kitchen.example",
        "referrer_host": "www.google.com",
        "utm_source": "google",
        "utm_medium": "organic",
        "utm_campaign": None,
        "click": "yclid",
        "channel": None,
        "device": "mobile",
        "region": "moscow",
        "owner": "Ирина",
        "attributes": {"outcome": "answered", "tracking": "dynamic", "pool": "Остальные"},
    }
    assert {key: row[key] for key in expected} == expected
    values = {
        "phone": "+79161234567",
        "ct_caller": "0123456789abcdef0123456789abcdef",
        "ct_client_id": "800000000100000007",
        "ga_client_id": "100200300.1765720000",
        "ym_client_id": "1765720000123456789",
        "session_id": "1900000001",
        "yclid": "15023",
    }
    assert identifiers(row) == {type: desk.key(type, value) for type, value in values.items()}


def test_a_static_number_has_a_caller_and_nothing_of_the_web(desk: Desk) -> None:
    left_over = {"clientId": "100200300.1765720000", "ref": "https://www.google.com/"}
    found = read(desk, static(), {**static(3), **left_over})
    for row in found.rows:
        assert set(identifiers(row)) == {"phone", "ct_caller"}
        web = ("utm_source", "utm_medium", "utm_campaign", "channel", "click", "referrer_host")
        assert [row[key] for key in web] == [None] * 6
        assert row["wait_s"] == 43
        told = {"outcome": "answered", "tracking": "static", "pool": "Карты"}
        assert row["attributes"] == told
    assert desk.key("phone", "+74950000009") not in str(found.rows)


@pytest.mark.parametrize(
    ("changes", "tracking"),
    [
        ({"callTags": None}, "dynamic"),
        ({"callTags": None, "medium": "offline"}, "static"),
        ({"callTags": [], "source": "74950000486"}, "static"),
        ({"callTags": tags(DYNAMIC), "medium": "offline"}, "dynamic"),
        ({"callTags": None, "sessionId": None}, None),
    ],
)
def test_without_tags_the_fields_tell_static_from_dynamic(
    desk: Desk, changes: Record, tracking: str | None
) -> None:
    found = read(desk, dynamic(**changes))
    assert found.rows[0]["attributes"].get("tracking") == tracking


def test_all_files_of_the_same_calls_read_alike(desk: Desk) -> None:
    records = [dynamic(1), static(2), dynamic(3, successful=False, duration=-30)]
    files: dict[str, str | bytes] = {
        "page.json": enveloped(records),
        "array.json": json.dumps(records),
        "lines.ndjson": lines(records),
        "flat.csv": flattened(records),
    }
    reads = desk.read_together(files)
    assert len(reads[0].rows) == 3
    for each in reads:
        assert each.landing.fault is None
        assert each.rows == reads[0].rows


def test_a_table_in_the_encoding_of_russian_windows(tmp_path: Path) -> None:
    keys = {"encoding": "cp1251", "delimiter": ";"}
    with bench(tmp_path, format="calltouch", **keys) as desk:
        read = desk.read("flat.csv", flattened([static()]).encode("cp1251"))
    told = {"outcome": "answered", "tracking": "static", "pool": "Карты"}
    assert read.rows[0]["attributes"] == told


def test_tables_put_together_by_hand_repeat_their_header(desk: Desk) -> None:
    whole = flattened([static(1), static(2), static(3)])
    by_hand = flattened([static(1)]) + flattened([static(2), static(3)])
    once, joined, other = desk.read_together(
        {"once.csv": whole, "joined.csv": by_hand, "ragged.csv": by_hand + "1;2\n"}
    )
    for each in (joined, other):
        assert [row["event_id"] for row in each.rows] == [row["event_id"] for row in once.rows]
        assert each.skips == {"repeated header": 1}
    assert once.skips == {}
    assert (once.landing.records.read, joined.landing.records.read) == (3, 4)
    assert (other.landing.records.read, len(other.rejects)) == (5, 1)


def test_of_a_chain_of_attempts_the_last_is_the_call(desk: Desk) -> None:
    chain = {"callbackCall": True}
    found = read(
        desk,
        dynamic(1, **chain, successful=False, callTags=tags(DYNAMIC, CALLBACK)),
        dynamic(2, **chain, successful=False, callTags=tags(DYNAMIC, CALLBACK)),
        dynamic(3, **chain, callTags=tags(DYNAMIC, CALLBACK, LAST)),
        dynamic(4),
    )
    assert [row["event_id"] for row in found.rows] == ["310000003", "310000004"]
    assert found.rows[0]["direction"] == "in"
    assert found.skips == {"leg of a chain": 2}
    assert found.landing.records.read == 4


def attempt(number: int, after_s: int, *names: str, **changes: Any) -> Record:
    """An attempt to ring somebody back, so many seconds after 18:52:13; it reached nobody."""
    return dynamic(number, timestamp=1_765_727_533 + after_s) | {
        "callbackCall": True,
        "successful": False,
        "callTags": tags(DYNAMIC, CALLBACK, *names),
        **changes,
    }


def test_a_chain_counts_its_attempts_and_the_wait_until_the_last(desk: Desk) -> None:
    other = {"callerNumber": "79161234568"}
    found = read(
        desk,
        # Rows in no order; one attempt of a chain whose end is not in the file.
        attempt(3, 600, LAST, successful=True, waitingConnect=20),
        attempt(1, 0),
        attempt(2, 240),
        attempt(9, -3 * 86_400),
        attempt(4, 300, LAST, **other),
        attempt(5, 2 * 86_400),
        attempt(6, 2 * 86_400 + 60, LAST),
        attempt(7, 3 * 86_400, successful=True),
        dynamic(8, timestamp=1_765_727_533 + 500),
    )
    told = {
        row["event_id"][-1]: (
            row["answered"],
            row["wait_s"],
            row["attributes"].get("attempts"),
            row["attributes"].get("callback"),
        )
        for row in found.rows
    }
    assert told == {
        "3": (True, 620.0, "3", "true"),
        "4": (False, None, "1", "true"),
        "6": (False, 60.0, "2", "true"),
        "7": (True, None, None, "true"),
        "8": (True, None, None, None),
    }
    assert found.skips == {"leg of a chain": 4}


def test_a_chain_that_stands_in_two_files_is_one_contact(desk: Desk) -> None:
    night = enveloped([attempt(1, 0), attempt(2, 60)])
    morning = enveloped([attempt(3, 120, LAST, successful=True)])
    for files in ({"1.json": night, "2.json": morning}, {"2.json": morning, "1.json": night}):
        reads = desk.read_together(files)
        assert [row["event_id"] for each in reads for row in each.rows] == ["310000003"]
        assert sum(each.skips.get("leg of a chain", 0) for each in reads) == 2
    assert desk.read("1.json", night).rows == []


def test_callbacks_without_tags_all_stay(desk: Desk) -> None:
    found = read(desk, attempt(1, 0, callTags=None), attempt(2, 60, callTags=None))
    assert (len(found.rows), found.skips) == (2, {})


def test_negative_durations_and_waits_are_unknown(desk: Desk) -> None:
    found = read(desk, dynamic(duration=-30, waitingConnect=-1))
    assert (found.rows[0]["duration_s"], found.rows[0]["wait_s"]) == (None, None)
    assert found.rejects == []


def test_a_missed_call_is_a_call_that_was_not_answered(desk: Desk) -> None:
    found = read(desk, dynamic(1, successful=False), dynamic(2, successful="False"))
    assert [(row["kind"], row["answered"]) for row in found.rows] == [("call", False)] * 2


@pytest.mark.parametrize(
    ("names", "successful", "outcome", "agent"),
    [
        ([], True, "answered", None),
        ([], "False", "missed", None),
        ([], None, "unknown", None),
        (["Спам"], False, "spam", "(robot)"),
        (["целевой", "spam"], True, "spam", "(robot)"),
        (["не спам", "антиспам", "spam filter"], True, "answered", None),
    ],
)
def test_how_a_call_ended(
    desk: Desk, names: list[str], successful: Any, outcome: str, agent: str | None
) -> None:
    record = dynamic(successful=successful, callTags=tags(DYNAMIC, *names))
    files: dict[str, str | bytes] = {"a.json": enveloped([record]), "b.csv": flattened([record])}
    for found in desk.read_together(files):
        (row,) = found.rows
        assert (row["attributes"]["outcome"], row["user_agent"]) == (outcome, agent)
        assert row["answered"] is {"answered": True, "missed": False, "unknown": None}.get(
            outcome, bool(successful)
        )


def test_the_epoch_wins_over_the_local_time(desk: Desk) -> None:
    at = datetime(2025, 12, 14, 15, 52, 13, tzinfo=UTC)
    found = read(
        desk,
        dynamic(1, date="01/01/2000 00:00:00"),
        dynamic(2, timestamp=None),
        dynamic(3, timestamp=0),
        dynamic(4, timestamp=None, date="14/12/2025 18:52"),
    )
    assert [row["occurred_at"] for row in found.rows] == [at, at, at.replace(second=0)]
    assert found.rejects == [(3, "occurred_at", "2025-12-14 18:52:13", "before 1990")]


def test_a_local_time_alone_asks_for_the_zone(tmp_path: Path) -> None:
    with (
        bench(tmp_path, format="calltouch") as homeless,
        pytest.raises(DataError, match=r"calls\.json: 1 times have no offset"),
    ):
        homeless.read("calls.json", enveloped([dynamic(timestamp=None)]))


@pytest.mark.parametrize(
    ("number", "normal"),
    [("79161234567", "+79161234567"), ("+79161234567", "+79161234567"), ("380671234567", None)],
)
def test_numbers_of_11_digits_from_7_get_their_plus(
    desk: Desk, number: str, normal: str | None
) -> None:
    found = read(desk, dynamic(callerNumber=number))
    expected = desk.key("phone", normal) if normal else None
    assert identifiers(found.rows[0]).get("phone") == expected


def test_a_quiet_page_is_no_fault(desk: Desk) -> None:
    found = read(desk)
    assert (found.landing.records.read, found.rows) == (0, [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (enveloped([dynamic()])[:-20], "not a whole JSON document"),
        ('{"page": 1, "records": {"callId": 1}}', "expected a list under 'records'"),
        ('{"errorCode": 403, "message": "no"}', "does not look like calltouch"),
        (json.dumps([{"callId": 1, "phone": "x"}]), "no record has 'callerNumber'"),
    ],
)
def test_what_is_no_calls_diary_is_refused_by_name(desk: Desk, text: str, message: str) -> None:
    with pytest.raises(DataError, match=rf"calls\.json: .*{message}"):
        desk.read("calls.json", text)


def test_a_table_without_its_columns_is_refused_by_name(desk: Desk) -> None:
    with pytest.raises(DataError, match=r"x\.csv: no column 'callerNumber'"):
        desk.read("x.csv", "callId;caller\n1;2\n")
