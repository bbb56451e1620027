from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeyflow.errors import DataError
from tests.sources.test_call_trackers import values, whole
from tests.support.reading import Desk, Read, bench, identifiers

Record = dict[str, Any]


def request(number: int = 1, **changes: Any) -> Record:
    """A form that was sent on 2025-12-14 at 15:52:13 UTC."""
    return {
        "requestId": 70_000_000 + number,
        "requestNumber": "form-77",
        "date": 1_765_727_533_000,
        "dateStr": "14/12/2025 06:52:13",
        "subject": "Замер",
        "manager": "Ирина",
        "requestUrl": "https://kitchen.example/measure/",
        "ctClientId": 800_000_000_100_000_007,
        "client": {
            "clientId": 5,
            "fio": "Доу Джейн",
            "phones": [{"phoneNumber": "79161234567", "phoneType": "MOBILE"}],
            "contacts": [
                {"contactType": "EMAIL", "contactValue": "Jane@Mail.ru"},
                {"contactType": "TELEGRAM", "contactValue": "jane"},
            ],
        },
        "session": {
            "sessionId": 1_900_000_001,
            "source": "yandex",
            "medium": "cpc",
            "utmSource": "<не указано>",
            "utmCampaign": "kuhni",
            "guaClientId": "100200300.1765720000",
            "yaClientId": "1765720000123456789",
            "url": "https://kitchen.example/catalog/?yclid=15023",
            "ref": "https://yandex.ru/",
            "city": "moscow",
        },
        "orders": [],
        **changes,
    }


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    more = "[checks]\nmax_reject_share = 1.0\n"
    folder = tmp_path_factory.mktemp("requests")
    with bench(folder, more=more, format="calltouch_requests") as desk:
        yield desk


def read(desk: Desk, *records: Record) -> Read:
    return desk.read("requests.json", json.dumps(records))


def test_a_form_bridges_phone_address_and_browser(desk: Desk) -> None:
    (row,) = read(desk, request()).rows
    expected = {
        "event_id": "70000001",
        "occurred_at": datetime(2025, 12, 14, 15, 52, 13, tzinfo=UTC),
        "kind": "request",
        "direction": "in",
        "answered": None,
        "page": "/measure/",
        "referrer_host": "yandex.ru",
        "utm_source": "yandex",
        "utm_medium": "cpc",
        "utm_campaign": "kuhni",
        "click": "yclid",
        "owner": "Ирина",
        "region": "moscow",
        "attributes": {"subject": "Замер"},
    }
    assert {key: row[key] for key in expected} == expected
    told = {
        "phone": "+79161234567",
        "email": "jane@mail.ru",
        "ct_client_id": "800000000100000007",
        "ga_client_id": "100200300.1765720000",
        "ym_client_id": "1765720000123456789",
        "session_id": "1900000001",
        "yclid": "15023",
    }
    assert identifiers(row) == {type: desk.key(type, value) for type, value in told.items()}
    assert "Доу" not in str(row)


def test_what_a_form_lacks_is_nothing(desk: Desk) -> None:
    (row,) = read(desk, request(session=None, client=None, ctClientId=None, requestUrl=None)).rows
    assert (identifiers(row), row["utm_source"], row["page"]) == ({}, None, None)


def test_a_time_is_a_number_of_milliseconds_or_none(desk: Desk) -> None:
    found = read(desk, request(1), request(2, date="14/12/2025 18:52:13"), request(3, date=None))
    assert [row["event_id"] for row in found.rows] == ["70000001"]
    assert [(line, why) for line, _, _, why in found.rejects] == [
        (2, "not a time"),
        (3, "missing"),
    ]


def test_the_calls_of_the_same_vendor_are_refused(desk: Desk) -> None:
    with pytest.raises(DataError, match="does not look like calltouch_requests"):
        read(desk, {"callId": 1, "callerNumber": "79161234567", "date": "14/12/2025 18:52:13"})


@settings(max_examples=6)
@given(st.lists(st.dictionaries(st.sampled_from(sorted(request())), values), max_size=6))
def test_no_value_of_any_key_crashes_or_is_lost(desk: Desk, changes: list[Record]) -> None:
    records = [request(), *(request() | each for each in changes)]
    found = whole(desk, "requests.json", json.dumps(records))
    assert found is not None
    assert found.landing.records.read == len(records)
    assert found.rows[0]["line"] == 1
