from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from journeyflow.errors import DataError
from tests.support.reading import Desk, Read, bench, identifiers

Record = dict[str, Any]


def call(number: int = 1, **changes: Any) -> Record:
    """A visitor's call to a number of a session pool."""
    return {
        "id": f"CAL{number:032x}",
        "answered": True,
        "voicemail": False,
        "direction": "inbound",
        "duration": 187,
        "start_time": "2026-03-02T11:27:48.119-05:00",
        "customer_phone_number": "+13035550142",
        "tracking_phone_number": "+13035550163",
        "customer_name": "DOE JANE",
        "customer_city": "Denver",
        "source": "Google Ads",
        "source_name": "Website pool",
        "utm_source": "google",
        "utm_medium": "cpc",
        "utm_campaign": "brand",
        "ga": "GA1.2.100200300.1772440000",
        "gclid": "CjwK",
        "landing_page_url": "https://windows.example/repair?gclid=CjwK",
        "referring_url": "https://www.google.com/",
        "device_type": "mobile",
        "person_id": "PER1",
        **changes,
    }


def from_board(number: int = 2, **changes: Any) -> Record:
    """A call to a number of its own: the campaign fields are what somebody typed in."""
    web = dict.fromkeys(("ga", "gclid", "landing_page_url", "referring_url", "device_type"))
    return call(number, **web, source_name="Board on I-25", **changes)


def enveloped(records: list[Record]) -> str:
    return json.dumps({"page": 1, "per_page": 100, "total_pages": 1, "calls": records})


def flattened(records: list[Record]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, records[0])
    writer.writeheader()
    writer.writerows(records)
    return stream.getvalue()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with bench(tmp_path_factory.mktemp("calls"), format="callrail", currency="USD") as desk:
        yield desk


def read(desk: Desk, *records: Record) -> Read:
    return desk.read("calls.json", enveloped(list(records)))


def test_a_visitors_call(desk: Desk) -> None:
    found = read(desk, call())
    (row,) = found.rows
    expected = {
        "event_id": f"CAL{1:032x}",
        "occurred_at": datetime(2026, 3, 2, 16, 27, 48, 119_000, tzinfo=UTC),
        "kind": "call",
        "direction": "in",
        "answered": True,
        "duration_s": 187.0,
        "page": "/repair",
        "referrer_host": "www.google.com",
        "utm_source": "google",
        "utm_medium": "cpc",
        "utm_campaign": "brand",
        "click": "gclid",
        "device": "mobile",
        "region": None,
        "value": None,
        "attributes": {
            "outcome": "answered",
            "tracker": "Website pool",
            "tracking": "dynamic",
        },
    }
    assert {key: row[key] for key in expected} == expected
    assert identifiers(row) == {
        "phone": desk.key("phone", "+13035550142"),
        "callrail_person": desk.key("callrail_person", "PER1"),
        "ga_client_id": desk.key("ga_client_id", "100200300.1772440000"),
        "gclid": desk.key("gclid", "CjwK"),
    }
    assert "JANE" not in str(row)


def test_a_number_of_its_own_brings_no_campaign(desk: Desk) -> None:
    found = read(desk, from_board())
    (row,) = found.rows
    campaign = [row[key] for key in ("utm_source", "utm_medium", "utm_campaign", "click")]
    assert campaign == [None] * 4
    assert set(identifiers(row)) == {"phone", "callrail_person"}
    assert row["attributes"] == {"outcome": "answered", "tracker": "Board on I-25"}


def test_the_last_touch_is_told_before_the_first(desk: Desk) -> None:
    last = {
        "source": "Bing",
        "landing": "https://windows.example/?utm_source=bing&utm_medium=ppc",
        "referrer": "https://www.bing.com/",
    }
    found = read(desk, call(milestones={"first_touch": {}, "last_touch": last}))
    (row,) = found.rows
    keys = ("utm_source", "utm_medium", "utm_campaign", "referrer_host", "click")
    assert [row[key] for key in keys] == ["bing", "ppc", None, "www.bing.com", None]


def test_calls_that_the_company_makes_are_its_own_kind(desk: Desk) -> None:
    found = read(desk, call(1, direction="outbound"), call(2, direction="inbound"))
    assert [(row["kind"], row["direction"]) for row in found.rows] == [
        ("call_out", "out"),
        ("call", "in"),
    ]


@pytest.mark.parametrize(
    ("answered", "voicemail", "expected"),
    [(True, False, True), (False, False, False), (False, True, False), (True, True, False)],
)
def test_a_machine_that_answers_is_nobody(
    desk: Desk, answered: bool, voicemail: bool, expected: bool
) -> None:
    found = read(desk, call(answered=answered, voicemail=voicemail))
    (row,) = found.rows
    assert row["answered"] is expected
    assert row["attributes"].get("voicemail") == ("true" if voicemail else None)


@pytest.mark.parametrize(
    ("changes", "outcome", "answered", "agent"),
    [
        ({}, "answered", True, None),
        ({"answered": False}, "missed", False, None),
        ({"answered": False, "call_type": "missed"}, "missed", False, None),
        ({"answered": False, "call_type": "abandoned"}, "abandoned", False, None),
        ({"answered": True, "call_type": "abandoned"}, "answered", True, None),
        ({"voicemail": True, "call_type": "voicemails"}, "voicemail", False, None),
        ({"answered": None}, "unknown", None, None),
        ({"spam": True}, "spam", True, "(robot)"),
        ({"spam": False}, "answered", True, None),
    ],
)
def test_how_a_call_ended(
    desk: Desk, changes: Record, outcome: str, answered: bool | None, agent: str | None
) -> None:
    (row,) = read(desk, call(**changes)).rows
    told = (row["attributes"]["outcome"], row["answered"], row["user_agent"])
    assert told == (outcome, answered, agent)


def test_all_files_of_the_same_calls_read_alike(desk: Desk) -> None:
    records = [call(1), from_board(2), call(3, answered=False, direction="outbound")]
    files: dict[str, str | bytes] = {
        "page.json": enveloped(records),
        "array.json": json.dumps(records, indent=2),
        "lines.ndjson": "\n".join(map(json.dumps, records)),
        "flat.csv": flattened(records),
    }
    reads = desk.read_together(files)
    assert len(reads[0].rows) == 3
    for each in reads:
        assert each.landing.fault is None
        assert each.rows == reads[0].rows


def test_a_time_without_offset_asks_for_the_zone(desk: Desk) -> None:
    with pytest.raises(DataError, match="declares no time zone"):
        read(desk, call(start_time="2026-03-02T11:27:48"))


def test_a_truncated_page_is_refused_by_name(desk: Desk) -> None:
    with pytest.raises(DataError, match=r"calls\.json: not a whole JSON document"):
        desk.read("calls.json", enveloped([call()])[:-2])
