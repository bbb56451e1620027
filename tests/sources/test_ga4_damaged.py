"""Whatever a GA4 file holds: rows and rejects that add up, or one fault that names the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.ga4 import Row, event, extracted, parquet_file, saved
from tests.support.reading import Desk, Read, bench

ROWS = [
    event(
        "purchase",
        user_id="u-1",
        params={"page_location": "https://shop.example/?gclid=A", "value": 31, "currency": "EUR"},
        device={"category": "desktop"},
        geo={"city": "Mainz", "region": None},
        ecommerce={"transaction_id": "T1", "purchase_revenue": 30.75, "refund_value": None},
        items=[{"item_id": "7", "item_name": "Blue vase", "price": 30.75}],
        collected_traffic_source={"manual_source": "news", "gclid": None},
        batch_page_id=1_727_800_000_000,
        batch_event_index=2,
    ),
    event(at="2026-10-01T09:00:05", params={"page_location": "https://shop.example/жук"}),
    event("scroll", at="2026-10-01T09:00:07", visitor=None),
]
FILES = {
    ".ndjson": extracted(ROWS).encode(),
    ".jsonl": saved(ROWS).encode(),
    ".json": saved(ROWS, array=True).encode(),
    ".parquet": parquet_file(ROWS),
}
SCRAPS = (
    b"{", b"}", b"[", b"]", b'"', b",", b"\n", b"\\", b"null", b"1e999", b"NaN", b"\\u0000",
    b"\\ud800", b"\xff", b"\x00", b"\xef\xbb\xbf", b"-9223372036854775809", b"[[[[[[[[",
)  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    loose = "[checks]\nmax_reject_share = 1"
    with bench(tmp_path_factory.mktemp("damaged"), more=loose, format="ga4") as desk:
        yield desk


def assert_told(read: Read) -> None:
    """Each record is a sound row or a reject, unless the file as a whole is refused by its name."""
    if read.landing.fault:
        assert read.landing.fault.message.startswith(f"{read.landing.name}: ")
        assert read.rows == []
        return
    sound = {row["line"] for row in read.rows}
    rejected = {line for line, *_ in read.rejects}
    assert not sound & rejected
    assert read.landing.records.read == len(sound) + len(rejected) + sum(read.skips.values())
    assert all(row["kind"] and row["occurred_at"] and row["local_day"] for row in read.rows)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    suffix = draw(st.sampled_from(sorted(FILES)))
    content = FILES[suffix]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        lost = draw(st.integers(0, 40))
        put = draw(st.binary(max_size=3) | st.sampled_from(SCRAPS))
        content = content[:at] + put + content[at + lost :]
    return suffix, content


@settings(max_examples=8)
@given(st.lists(damaged(), min_size=4, max_size=12))
def test_a_file_with_damaged_bytes(desk: Desk, files: list[tuple[str, bytes]]) -> None:
    named = {f"{n}{suffix}": content for n, (suffix, content) in enumerate(files)}
    for read in desk.read_together(named | {"sound.ndjson": FILES[".ndjson"]}):
        assert_told(read)
    assert read.landing.fault is None
    assert [row["line"] for row in read.rows] == [1, 2, 3]  # its neighbours did it no harm


PLACES = sorted(
    {(name,) for name in ROWS[0]}
    | {(name, key) for name, value in ROWS[0].items() if isinstance(value, dict) for key in value}
    | {("event_params", n, part) for n in range(3) for part in ("key", "value")}
    | {("event_params", 0, "value", slot) for slot in ("string_value", "int_value", "double_value")}
    | {("items", 0), ("items", 0, "item_name")},
    key=str,
)
plain = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(
        ("20261001", "1790848800000000", "-1", "1e400", "GA1.1.1.2", "@", "a\x00b", "\ud800")
    )
)
anything = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def replaced(value: Any, place: tuple[str | int, ...], by: Any) -> Any:
    """A copy with something else in one place."""
    if not place:
        return by
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    old = copy.get(place[0]) if isinstance(copy, dict) else copy[place[0]]  # type: ignore[index]
    copy[place[0]] = replaced(old, place[1:], by)
    return copy


rows: st.SearchStrategy[list[Row]] = st.lists(
    st.builds(replaced, st.just(ROWS[0]), st.sampled_from(PLACES), anything), min_size=1, max_size=8
)


@settings(max_examples=10)
@given(rows)
def test_a_field_that_holds_anything(desk: Desk, rows: list[Row]) -> None:
    lines = "".join(json.dumps(row) + "\n" for row in [ROWS[1], *rows])
    whole = json.dumps([ROWS[1], *rows])
    for read in desk.read_together({"a.ndjson": lines, "b.json": whole}):
        assert_told(read)
        assert read.landing.records.read == 1 + len(rows)
        assert 1 in {row["line"] for row in read.rows}
