from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from journeyflow.errors import DataError
from tests.support.reading import Desk, bench, identifiers

COLUMNS = {
    "occurred_at": "at",
    "kind": "what",
    "value": "sum",
    "score": "score",
    "sequence": "n",
    "answered": "ok",
    "url": "url",
    "referrer": "ref",
    "wait_s": "wait",
}
LOOSE = "[checks]\nmax_reject_share = 1"


def table(rows: list[dict[str, Any]]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, [*COLUMNS.values(), "phone"], restval="")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with bench(
        tmp_path_factory.mktemp("table"),
        more=LOOSE,
        format="table",
        timezone="Europe/Berlin",
        columns=COLUMNS,
        identifiers={"phone": "phone"},
    ) as desk:
        yield desk


@pytest.fixture(scope="module", params=["epoch_s", "epoch_ms", "epoch_us", "%d.%m.%Y %H:%M"])
def timed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    with bench(
        tmp_path_factory.mktemp("timed"),
        more=LOOSE,
        format="table",
        timezone="Europe/Berlin",
        time_format=request.param,
        columns={"occurred_at": "at", "kind": "what"},
    ) as desk:
        yield desk


TIMES = (
    "1970-01-01 00:00:00",
    "2262-04-12 00:00:00",
    "999999-01-01 00:00:00",
    "-infinity",
    "infinity",
    "infinityZ",
    "2024-03-31 02:30:00",
    "2026-10-01T10:00:00+99:00",
    "2026-10-01",
    "10:00",
    "9223372036854775807",
    "-9223372036854775808",
    "99999999999999",
    "1e400",
    "NaN",
    "01.10.2026 10:00",
    "01.10.9999 10:00",
)
NUMBERS = ("1" * 40, "9" * 22, "-" + "9" * 16, "1e5", "1,234.50", "٣", "--1", "+.5", "0x1F", "inf")
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=12)
cells = {
    "at": st.sampled_from(TIMES) | texts,
    "what": texts,
    **dict.fromkeys(("sum", "score", "n", "wait"), st.sampled_from(NUMBERS) | texts),
    "ok": texts | st.sampled_from(("да", "FALSE", "2")),
    "url": texts | texts.map("https://a.example/%%?utm_source={}&gclid=%".format),
    "ref": texts | texts.map("https://{}".format),
    "phone": texts,
}


@settings(max_examples=15)
@given(st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=20))
@example([{"at": time, "what": "x", "sum": "9" * 22, "score": "1" * 40} for time in TIMES])
@example([{"at": "2026-10-01 10:00:00", "what": "x", "sum": number} for number in NUMBERS])
def test_no_text_in_any_cell_crashes_or_is_lost(desk: Desk, rows: list[dict[str, Any]]) -> None:
    read = desk.read("t.csv", table(rows))
    bad = {line for line, *_ in read.rejects}
    good = {row["line"] for row in read.rows}
    assert read.landing.fault is None
    assert good | bad == set(range(1, len(rows) + 1))
    assert not good & bad


@settings(max_examples=8)
@given(st.lists(st.sampled_from(TIMES) | texts, min_size=1, max_size=20))
@example(list(TIMES))
def test_no_text_crashes_a_declared_time(timed: Desk, times: list[str]) -> None:
    rows = [{"at": time, "what": "x"} for time in times]
    read = timed.read("t.csv", table(rows))
    assert len(read.rows) + len({line for line, *_ in read.rejects}) == len(rows)


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        ("1970-01-01 00:00:00", "before 1990"),
        (
            "2262-04-12 00:00:00",
            "more than a day after the file arrived; export it anew once that day has come",
        ),
        ("2024-03-31 02:30:00", "a local time that its zone skipped"),
        ("2026-02-30 10:00:00", "not a time"),
        ("03/05/2024 10:00", "not a time"),
        ("", "missing"),
    ],
)
def test_times_that_cannot_be(desk: Desk, at: str, reason: str) -> None:
    read = desk.read("t.csv", table([{"at": at, "what": "x"}]))
    assert [(line, column, why) for line, column, _, why in read.rejects] == [
        (1, "occurred_at", reason)
    ]


@pytest.mark.parametrize("at", ["+0300", " +0300", "+03:00", " +03:00", "+03"])
def test_offsets_as_shops_write_them(desk: Desk, at: str) -> None:
    read = desk.read("t.csv", table([{"at": f"2026-10-01 14:05:00{at}", "what": "x"}]))
    assert [row["occurred_at"] for row in read.rows] == [datetime(2026, 10, 1, 11, 5, tzinfo=UTC)]


def test_a_doubled_local_time_takes_the_earlier_reading_and_says_so(desk: Desk) -> None:
    times = ("2024-10-27 02:30:00", "2024-10-27 02:30:00+01:00", "2024-10-27 04:30:00")
    read = desk.read("t.csv", table([{"at": at, "what": "x"} for at in times]))
    assert [(row["occurred_at"], row["time_flag"]) for row in read.rows] == [
        (datetime(2024, 10, 27, 0, 30, tzinfo=UTC), "ambiguous"),
        (datetime(2024, 10, 27, 1, 30, tzinfo=UTC), None),
        (datetime(2024, 10, 27, 3, 30, tzinfo=UTC), None),
    ]


def test_a_number_beyond_the_column_is_a_reject(desk: Desk) -> None:
    rows = [
        {"at": "2026-10-01 10:00:00", "what": "x", "sum": each} for each in ("9" * 14, "9" * 15)
    ]
    read = desk.read("t.csv", table(rows))
    assert [row["value"] for row in read.rows] == [Decimal("9" * 14)]
    assert [(line, column, why) for line, column, _, why in read.rejects] == [
        (2, "value", "a number of more than 14 digits")
    ]


def test_a_rejected_cell_shows_its_shape_and_not_its_content(desk: Desk) -> None:
    read = desk.read("t.csv", table([{"at": "Anna 1985", "what": "x"}]))
    assert read.rejects == [(1, "occurred_at", "xxxx 9999", "not a time")]


def test_faults_while_a_file_is_read_keep_their_own_words(desk: Desk) -> None:
    whole = table([{"at": "2026-10-01 10:00:00", "what": "x"}])
    with pytest.raises(DataError, match=r"t\.csv: the quote opened in row 2 never closes"):
        desk.read("t.csv", whole + '"2026')


def test_a_ragged_row_sends_the_whole_file_to_the_exact_reader(desk: Desk) -> None:
    whole = table([{"at": "2026-10-01 10:00:00", "what": each} for each in "abc"])
    lines = whole.splitlines(keepends=True)
    read = desk.read("t.csv", "".join([*lines[:2], "ragged\r\n", *lines[2:]]))
    assert [(row["line"], row["kind"]) for row in read.rows] == [(1, "a"), (3, "b"), (4, "c")]
    assert read.rejects == [(2, None, None, "1 columns, expected 10")]


def test_a_header_without_rows_is_a_quiet_night(desk: Desk) -> None:
    for name, content in {
        "t.csv": table([]).encode(),
        "t.csv.gz": gzip.compress(table([]).encode()),
        "t.json": b"[]",
    }.items():
        read = desk.read(name, content)
        assert (read.landing.records.read, read.rows, read.rejects) == (0, [], [])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", b"", "the file has no bytes"),
        ("t.csv", b"PK\x03\x04....", "found an Excel workbook"),
        ("t.csv", gzip.compress(b"at,what\n", mtime=0), "found a gzip file"),
        ("t.csv", b"PAR1....", "found a Parquet file"),
        ("t.parquet", b"at,what\n", "not a whole Parquet file"),
        ("t.csv.gz", gzip.compress(b"at,what\n" * 99, mtime=0)[:-9], "not a whole gzip file"),
        ("t.xlsx", b"PK\x03\x04....", "not a workbook that can be read"),
        ("t.pdf", b"%PDF-1.4", "found a PDF document"),
        ("t.csv", b"<!DOCTYPE html>", "found an HTML or XML page"),
        ("t.csv", b'\xef\xbb\xbf {"a": 1}', "found JSON"),
        ("t.txt2", b"at,what\n", r"no files of the type \.txt2"),
        ("t.csv", b"what,when\n", "no column 'at' in the header: what, when"),
        ("t.csv", b"\xff\xfea\x00t\x00\n", "not utf-16 text"),
        ("t.ndjson", b'{"when": 1, "what": 2}\n', "no record has the key 'at'"),
        ("t.json", b'[{"at": 1}', "not a whole JSON document"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_named_with_what_was_found(
    desk: Desk, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(DataError, match=rf"{name}.*: .*{message}"):
        desk.read(name, content)


def test_a_failing_file_does_not_touch_its_neighbours(desk: Desk) -> None:
    good = table([{"at": "2026-10-01 10:00:00", "what": "x", "phone": "+79161234567"}])
    first, broken, last = desk.read_together({"a.csv": good, "b.csv": "x\n", "c.csv": good})
    assert broken.landing.fault is not None
    assert "b.csv: no column" in broken.landing.fault.message
    for each in (first, last):
        assert each.landing.fault is None
        (row,) = each.rows
        assert identifiers(row) == {"phone": desk.key("phone", "+79161234567")}


def test_a_third_of_bad_rows_fails_the_file(tmp_path: Path) -> None:
    rows = [{"at": "2026-10-01 10:00:00" if n % 3 else "?", "what": "x"} for n in range(12)]
    with (
        bench(tmp_path, format="table", timezone="UTC", columns=COLUMNS) as strict,
        pytest.raises(DataError, match=r"t\.csv: 4 of 12 rows are bad \(limit 1.0%\)"),
    ):
        strict.read("t.csv", table(rows))
