"""Workbooks as people save them from the screens of call tracking and CRM."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeyflow.check import check_files
from journeyflow.errors import DataError
from journeyflow.sources import workbooks
from tests.support.reading import Desk, bench

HEADER = ["Номер звонка", "Звонивший", "Дата", "Длительность", "Сумма", "Клиент"]
COLUMNS = {
    "event_id": "Номер звонка",
    "occurred_at": "Дата",
    "kind": {"value": "call"},
    "duration_s": "Длительность",
    "value": "Сумма",
}
IDENTIFIERS = {"phone": "Звонивший", "ct_client_id": "Клиент"}


def workbook(*sheets: list[list[Any]], name: str = "Звонки") -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(name + str(number or ""))
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def keys(decimal: str) -> dict[str, Any]:
    return {
        "more": '[identity]\nregion = "RU"\n[checks]\nmax_reject_share = 1',
        "format": "table",
        "timezone": "Europe/Moscow",
        "decimal": decimal,
        "columns": COLUMNS,
        "identifiers": IDENTIFIERS,
    }


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with bench(tmp_path_factory.mktemp("books"), **keys(".")) as desk:
        yield desk


@pytest.mark.parametrize("decimal", [".", ","])
def test_cells_are_read_as_they_are_stored(tmp_path: Path, decimal: str) -> None:
    """Numbers in numeric cells mean the same whatever sign the texts of a source have."""
    at = datetime(2026, 3, 1, 14, 5, 7)  # noqa: DTZ001 - a workbook knows no zones
    rows = [
        HEADER,
        [1001, 79161234567, at, timedelta(minutes=1, seconds=5), 1234.5, "800000000802881118"],
        [None, None, None, None, None, None],
        ["1002", "8 (916) 123-45-68", "2026-03-02 09:00", 61, None, "  "],
    ]
    with bench(tmp_path, **keys(decimal)) as desk:
        first, second = desk.read("calls.xlsx", workbook(rows)).rows
    assert first["event_id"] == "1001"
    assert first["occurred_at"] == datetime(2026, 3, 1, 11, 5, 7, tzinfo=UTC)
    assert (first["duration_s"], first["value"]) == (65, Decimal("1234.50"))
    assert first["identifiers"] == {
        "phone": desk.key("phone", "+79161234567"),
        "ct_client_id": desk.key("ct_client_id", "800000000802881118"),
    }
    assert (second["event_id"], second["duration_s"], second["value"]) == ("1002", 61, None)
    assert second["identifiers"] == {"phone": desk.key("phone", "+79161234568")}


def test_ids_that_were_rounded_fail_the_file_with_the_way_out(desk: Desk) -> None:
    """Four visitors in one number: a workbook keeps fifteen digits."""
    rows = [[n, 79161234567 + n, "2026-03-01", 1, 1, 800000000802881118 + n] for n in range(4)]
    with pytest.raises(DataError, match=r"4 values of ct_client_id .* rounded") as fault:
        desk.read("calls.xlsx", workbook([HEADER, *rows]))
    assert "format these columns as text" in (fault.value.hint or "")


def test_event_ids_that_were_rounded_are_no_ids(desk: Desk) -> None:
    row = [1765727533000000001, "", "2026-03-01", 1, 1, ""]
    read = desk.read("calls.xlsx", workbook([HEADER, row]))
    ((_, column, _, reason),) = read.rejects
    assert (column, reason) == ("event_id", "number damaged by a spreadsheet")


def test_a_second_sheet_with_rows_is_a_question(desk: Desk) -> None:
    rows = [HEADER, [1, "", "2026-03-01", 1, 1, ""]]
    assert len(desk.read("calls.xlsx", workbook(rows, [])).rows) == 1
    with pytest.raises(DataError, match=r"2 sheets have rows: 'Звонки', 'Звонки1'"):
        desk.read("calls.xlsx", workbook(rows, rows))
    with pytest.raises(DataError, match="has no rows"):
        desk.read("calls.xlsx", workbook([], []))


def test_an_archive_that_unpacks_without_end_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "MOST_BYTES", 1000)
    with pytest.raises(DataError, match=r"bytes unpacked; expected at most 1,000"):
        desk.read("bomb.xlsx", workbook([HEADER]))


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=40))
def test_a_damaged_workbook_ends_in_one_clear_fault(desk: Desk, at: int, noise: bytes) -> None:
    sound = workbook([HEADER, ["1", "", "2026-03-01", "1", "1", ""]])
    place = at % len(sound)
    damaged = sound[:place] + noise + sound[place + len(noise) :]
    try:
        rows = desk.read("calls.xlsx", damaged).rows
    except DataError:
        return
    assert len(rows) <= 1


cells = st.none() | st.text("abж,;\"'\n =", max_size=5) | st.integers(-(10**14), 10**14)


@settings(max_examples=5)
@given(st.lists(st.lists(cells, min_size=2, max_size=2), min_size=1, max_size=6))
def test_texts_and_numbers_come_through(desk: Desk, rows: list[list[Any]]) -> None:
    """What is neither empty nor cut stands where it stood; nothing becomes a formula."""
    rows = [[f"x{a}" if isinstance(a, str) and a.startswith("=") else a for a in r] for r in rows]
    filled = [row for row in rows if any(cell not in (None, "") for cell in row)]
    book = [HEADER, *([n, "", "2026-03-01", 1, "", *row] for n, row in enumerate(filled))]
    found = desk.read("calls.xlsx", workbook(book)).landing
    assert (found.fault, found.records.read) == (None, len(filled))


def test_check_reads_a_workbook_with_a_title_above_its_header(tmp_path: Path) -> None:
    rows = [
        ["Журнал звонков"],
        [],
        HEADER,
        *(
            [f"c{n}", f"+7916123456{n % 10}", date(2026, 3, 1 + n % 20), time(10, n), 1.5, ""]
            for n in range(40)
        ),
    ]
    path = tmp_path / "calls.xlsx"
    path.write_bytes(workbook(rows))
    (report,) = check_files([path], tmp_path, timezone="Europe/Moscow", currency="RUB")
    assert report.fault is None
    assert (report.rows, report.used) == (40, 40)
    assert 'phone = "Звонивший"' in report.settings_block


def test_a_date_and_its_clock_in_two_cells_are_asked_for_as_in_text(tmp_path: Path) -> None:
    rows = [["Data", "Godzina", "phone", "event"]]
    rows += [
        [date(2026, 3, 1 + n % 25), time(9 + n % 10, n), f"+4822555010{n % 7}", "ab"[n % 2]]
        for n in range(50)
    ]
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook(rows))
    (report,) = check_files([path], tmp_path, timezone="Europe/Warsaw", currency="PLN")
    told = [*report.settings_block.splitlines(), *(c for q in report.questions for c in q.choices)]
    assert any('occurred_at = ["Data", "Godzina"]' in each for each in told)
