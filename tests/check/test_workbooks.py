"""Workbooks are told as such, and read as people fill them in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl

from journeyflow.check import FileReport, check_files

HEADER = ["date", "time", "event", "user_id"]


def book(folder: Path, *rows: list[Any], sheet: str = "Journal") -> Path:
    made = openpyxl.Workbook()
    page = made.active
    page.title = sheet
    for row in rows:
        page.append(row)
    path = folder / "log.xlsx"
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
