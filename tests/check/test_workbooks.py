"""Workbooks are told as such, and read as people fill them in."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import journeyflow as jf
from journeyflow.check import FileReport, check_files, write_settings
from tests.support.projects import lean

MIDNIGHTS = [datetime.fromisoformat(each) for each in ("2026-10-01", "2026-10-13")]
HEADER = ["date", "time", "event", "user_id"]


def book(folder: Path, *rows: list[Any], sheet: str = "Journal", name: str = "log") -> Path:
    made = openpyxl.Workbook()
    page = made.active
    page.title = sheet
    for row in rows:
        page.append(row)
    path = folder / f"{name}.xlsx"
    made.save(path)
    return path


def look(path: Path) -> FileReport:
    (report,) = check_files([path], path.parent, timezone="UTC", currency="EUR")
    return report


def test_a_workbook_is_called_one_with_its_sheet(tmp_path: Path) -> None:
    rows = [[f"2026-10-0{n} 10:00", "a; b; c; d", "visit", f"u{n}"] for n in range(1, 4)]
    report = look(book(tmp_path, ["ts", "note", "event", "user_id"], *rows, sheet="Заявки"))
    assert report.described == "a workbook, its sheet 'Заявки' of 4 columns"
    assert report.sound
    assert "delimiter" not in report.settings_block


def test_lines_above_the_header_of_a_sheet_are_told(tmp_path: Path) -> None:
    rows = [[f"2026-10-0{n} 10:00", "a", "visit", f"u{n}"] for n in range(1, 4)]
    path = book(tmp_path, ["Visits of October"], ["ts", "note", "event", "user_id"], *rows)
    assert look(path).described.endswith("of 4 columns, 1 line above the header")


PAIRS: list[tuple[list[Any], list[Any], str | None]] = [
    # Days, times of day, and the format that is proposed.
    # Dates as programs write them: with a midnight of their own.
    (MIDNIGHTS, [time(14, 5), time(9, 20)], None),
    (MIDNIGHTS, ["14:05", "9:20"], None),
    (
        MIDNIGHTS,
        ["2:05 PM", "9:20 AM"],
        "%Y-%m-%d %I:%M %p",
    ),
    ([date(2026, 10, 1), date(2026, 10, 13)], [time(14, 5), time(9, 20)], None),
    (["01.10.2026", "13.10.2026"], [time(14, 5), time(9, 20)], "%d.%m.%Y %H:%M:%S"),
    (["01.10.2026 0:00", "13.10.2026 0:00"], ["14:05", "9:20"], "%d.%m.%Y %H:%M"),
    (
        ["10/1/2026 12:00 AM", "10/13/2026 12:00 AM"],
        ["2:05 PM", "9:20 AM"],
        "%m/%d/%Y %I:%M %p",
    ),
    # A time of day that is a moment of the day which a spreadsheet counts from.
    (
        [date(2026, 10, 1), date(2026, 10, 13)],
        [datetime.fromisoformat(f"1899-12-30 {each}") for each in ("14:05", "09:20")],
        None,
    ),
]


@pytest.fixture(scope="module")
def journals(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[FileReport]]:
    """A project that ran over a workbook for each of them, each looked at before any was added."""
    folder = tmp_path_factory.mktemp("journals")
    reports = []
    for case, (days, clocks, _) in enumerate(PAIRS):
        rows = [[*pair, "visit", "u1"] for pair in zip(days, clocks, strict=True)]
        reports.append(look(book(folder, HEADER, *rows, name=f"journal_{'abcdefgh'[case]}")))
    for report in reports:
        write_settings(folder, report.settings_block, timezone="UTC", currency="EUR")
    jf.run(lean(folder))
    return folder, reports


@pytest.mark.parametrize("case", range(len(PAIRS)))
def test_a_date_and_a_time_of_day_are_one_moment_however_they_are_written(
    journals: tuple[Path, list[FileReport]], case: int
) -> None:
    folder, reports = journals
    *_, format = PAIRS[case]
    (source,) = tomllib.loads(reports[case].settings_block)["sources"]
    assert source["columns"]["occurred_at"] == ["date", "time"]
    assert source.get("time_format") == format
    with jf.open_store(folder) as store:
        found = store.query(
            "select occurred_at::timestamp::text as t from events "
            "where source = $source order by all",
            {"source": source["name"]},
        )
    assert list(found["t"]) == ["2026-10-01 14:05:00", "2026-10-13 09:20:00"]
