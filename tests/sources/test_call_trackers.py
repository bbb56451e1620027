"""What holds for every format of call tracking: no bytes and no value crash it or get lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources import test_callrail, test_calltouch, test_uis
from tests.support.reading import Desk, Read, bench

Record = dict[str, Any]


@dataclass(frozen=True)
class Tracker:
    """A format, a sound record of it and how its pages and tables are written."""

    desk: Desk
    record: Record
    pages: Any
    flattened: Any


FORMATS = {
    "calltouch": (test_calltouch.dynamic, test_calltouch.enveloped, test_calltouch.flattened),
    "callrail": (test_callrail.call, test_callrail.enveloped, test_callrail.flattened),
    "uis": (test_uis.call, test_uis.answer, test_uis.flattened),
}


@pytest.fixture(scope="module", params=FORMATS)
def tracker(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tracker]:
    make, pages, flattened = FORMATS[request.param]
    more = "[checks]\nmax_reject_share = 1.0\n"
    keys = {"format": request.param, "timezone": "Europe/Berlin"}
    with bench(tmp_path_factory.mktemp("calls"), more=more, **keys) as desk:
        yield Tracker(desk, make(), pages, flattened)


def whole(desk: Desk, name: str, content: str | bytes) -> Read | None:
    """What was read, by the row rule; None where the file was refused as a whole."""
    (read,) = desk.read_together({name: content})
    if read.landing.fault:
        assert name in read.landing.fault.message
        return None
    rejected = {line for line, *_ in read.rejects} - read.partly
    used = {row["line"] for row in read.rows}
    assert not rejected & used
    assert read.partly <= used
    assert read.landing.records.read == len(used) + len(rejected) + sum(read.skips.values())
    return read


@settings(max_examples=5)
@given(st.data())
def test_no_bytes_crash_a_reader(tracker: Tracker, data: st.DataObject) -> None:
    records = [tracker.record, tracker.record]
    name, text = data.draw(
        st.sampled_from((
            ("page.json", tracker.pages(records)),
            ("lines.ndjson", "\n".join(map(json.dumps, records))),
            ("flat.csv", tracker.flattened([tracker.record])),
        ))
    )  # fmt: skip
    content = text.encode()
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 40)))
    inserted = data.draw(st.binary(max_size=6) | st.sampled_from((b"\x00", b'"', b"[[", b"\xff")))
    whole(tracker.desk, name, content[:start] + inserted + content[end:])


NUMBERS = (0, -1, 2**53 + 1, 10**40, -0.5, 1e300, 1765727533, "1e5", "٣", "--1", "9" * 50)
texts = st.text(max_size=8) | st.sampled_from((
    "", "null", "True", "out", "<не указано>", "spam", "14/12/2025 18:52:13", "2026-03-29 02:30:00",
    "999999-01-01 00:00:00", "infinity", "sip:7495@198.51.100.9", "https://a.example/%%?gclid=%",
))  # fmt: skip
values = st.recursive(
    st.none() | st.booleans() | st.sampled_from(NUMBERS) | texts,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)


@settings(max_examples=5)
@given(st.data())
def test_no_value_of_any_key_crashes_or_is_lost(tracker: Tracker, data: st.DataObject) -> None:
    keys = st.sampled_from(sorted(tracker.record))
    changes = st.lists(st.dictionaries(keys, values, max_size=6), min_size=1, max_size=8)
    records = [tracker.record, *(tracker.record | each for each in data.draw(changes))]
    read = whole(tracker.desk, "page.json", tracker.pages(records))
    assert read is not None
    assert read.landing.records.read == len(records)
    assert read.rows[0]["line"] == 1
    outcomes = {row["attributes"]["outcome"] for row in read.rows}
    assert outcomes <= {"answered", "missed", "abandoned", "voicemail", "spam", "unknown"}
