"""No bytes and no values crash the readers of CRM exports and orders, and none get lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources.test_call_trackers import whole
from tests.sources.test_orders import COLUMNS, order
from tests.support.crm import SYSTEMS
from tests.support.projects import csv_text
from tests.support.reading import Desk, bench

HISTORIES = {"crm_stages": "csv", "bitrix24": "json", "amocrm": "json"}
DEALS = {"crm_stages": "crm", "bitrix24": "bitrix24", "amocrm": "amocrm"}
FILES = {
    **{name: (f"history.{end}", SYSTEMS[name]()) for name, end in HISTORIES.items()},
    **{
        f"{DEALS[name]}_{role}": (f"{role}.{end}", SYSTEMS[name]())
        for name, end in HISTORIES.items()
        for role in ("deals", "contacts")
    },
    "orders": ("orders.csv", {"orders.csv": csv_text([order(), order(status="pending")])}),
}
VALUES: list[Any] = [
    None, "", "0", "-1", 0, 1e300, True, [], {}, [{}], "\x00", "9" * 400, "1E+18", "ж'\"\\",
    "2026-13-45", "{", "won", "142",
]  # fmt: skip


@pytest.fixture(scope="module", params=FILES)
def reader(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Desk, str, str]]:
    name, files = FILES[request.param]
    keys: dict[str, Any] = {"format": request.param, "timezone": "UTC"}
    if request.param == "orders":
        keys |= {"columns": COLUMNS, "identifiers": {"email": "email"}}
    more = "[checks]\nmax_reject_share = 1.0\n"
    with bench(tmp_path_factory.mktemp("crm"), more=more, currency="RUB", **keys) as desk:
        yield desk, name, files[name]


@settings(max_examples=3)
@given(data=st.data())
def test_no_bytes_crash_a_reader(reader: tuple[Desk, str, str], data: st.DataObject) -> None:
    desk, name, text = reader
    content = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(len(content) - 1, 0)))
        much = data.draw(st.integers(0, 12))
        content[place : place + much] = data.draw(st.binary(max_size=12))
    whole(desk, name, bytes(content))


def test_an_end_without_its_moment_rejects_the_end_alone(tmp_path: Path) -> None:
    """A lead that stands in the stage of the won ones, and does not say since when."""
    name, files = FILES["amocrm_deals"]
    document = json.loads(files[name])
    records = next(_lists(document))
    records[0] |= {"status_id": 142, "closed_at": None}
    keys = {"format": "amocrm_deals", "timezone": "UTC"}
    more = "[checks]\nmax_reject_share = 1.0\n"
    with bench(tmp_path, more=more, currency="RUB", **keys) as desk:
        read = whole(desk, name, json.dumps(document))
    assert read is not None
    assert (read.rejects, read.partly) == ([(1, "occurred_at", None, "missing")], {1})


@settings(max_examples=3)
@given(data=st.data())
def test_no_value_of_any_field_crashes_a_reader(
    reader: tuple[Desk, str, str], data: st.DataObject
) -> None:
    desk, name, text = reader
    if name.endswith(".csv"):
        lines = text.splitlines()
        place = data.draw(st.integers(0, lines[0].count(",")))
        cells = lines[1].split(",")
        cells[place] = str(data.draw(st.sampled_from(VALUES))).replace(",", ";")
        assert whole(desk, name, "\n".join([lines[0], ",".join(cells), *lines[2:]]))
        return
    document = json.loads(text)
    records = next(iter(_lists(document)))
    record = records[0]
    record[data.draw(st.sampled_from(sorted(record)))] = data.draw(st.sampled_from(VALUES))
    read = whole(desk, name, json.dumps(document))
    assert read is not None
    assert read.landing.records.read == len(records)


def _lists(document: Any) -> Iterator[list[dict[str, Any]]]:
    """The lists of records in a document, the outermost first."""
    if isinstance(document, list):
        yield document
    elif isinstance(document, dict):
        for each in document.values():
            yield from _lists(each)
