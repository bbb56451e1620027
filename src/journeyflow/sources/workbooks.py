"""Workbooks (.xlsx) as delimited text, each cell as it is stored: what was rounded shows itself."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any

import openpyxl

from journeyflow.errors import DataError

SUFFIX = ".xlsx"
MOST_BYTES = 1 << 30  # of all parts of the archive together, unpacked
EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number
WAY_OUT = "export it as CSV (UTF-8) instead"


def write_text(path: Path, target: IO[str], name: str, decimal: str = ".") -> None:
    """Write the one sheet of the workbook at `path` as comma-separated text.

    Moments are ISO, spans of time seconds, yes and no `true` and `false`; numbers have the sign
    `decimal`. A number of more than fifteen digits, of which the workbook has lost the last, is
    written as such (`1.76354771918232E+18`): as an id it is refused later. Rows of empty cells are
    left out. Raises DataError for what is no workbook, is too large, or has rows in several sheets.
    """
    with path.open("rb") as file:  # the library leaves a file open where it stumbles
        try:
            _refuse_large(file, name)
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            sheet = _only_sheet(book, name)
            _write_sheet(sheet, csv.writer(target, lineterminator="\n"), decimal)
            book.close()
        except DataError:
            raise
        except Exception as fault:  # whatever the broken part makes the library stumble over
            message = f"{name}: not a workbook that can be read ({type(fault).__name__})"
            hint = f"open it and save it as .xlsx without a password, or {WAY_OUT}"
            raise DataError(message, hint) from fault


def title_of(path: Path, name: str) -> str:
    """The title of the one sheet that `write_text` writes of the workbook at `path`."""
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        title = str(_only_sheet(book, name).title)
        book.close()
    return title


def _refuse_large(file: IO[bytes], name: str) -> None:
    with zipfile.ZipFile(file) as archive:
        size = sum(each.file_size for each in archive.infolist())
    if size > MOST_BYTES:
        message = f"{name}: {size:,} bytes unpacked; expected at most {MOST_BYTES:,}"
        raise DataError(message, WAY_OUT)


def _only_sheet(book: Any, name: str) -> Any:
    filled = [each for each in book.worksheets if any(_rows(each))]
    if not filled:
        raise DataError(f"{name}: the workbook has no rows", "export it again")
    if len(filled) > 1:
        listing = ", ".join(repr(each.title) for each in filled)
        message = f"{name}: {len(filled)} sheets have rows: {listing}; expected one"
        raise DataError(message, "save the sheet that is meant as a file of its own")
    return filled[0]


def _rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()  # some programs write wrong ones
    for row in sheet.iter_rows():
        if any(cell.value not in (None, "") for cell in row):
            yield row


def _write_sheet(sheet: Any, writer: Any, decimal: str) -> None:
    width = max(map(len, _rows(sheet)))
    for row in _rows(sheet):
        cells = [_text(cell, decimal) for cell in row]
        writer.writerow(cells + [""] * (width - len(cells)))


def _text(cell: Any, decimal: str) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return _number(value).replace(".", decimal)
    if isinstance(value, datetime):
        # A date is stored as the midnight that begins it; only its format says that it is none.
        shows_hours = "h" in cell.number_format.lower()
        is_moment = shows_hours or value.time() != time.min
        return value.isoformat(" ") if is_moment else value.date().isoformat()
    if isinstance(value, timedelta):
        return _number(value.total_seconds()).replace(".", decimal)
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _number(value: float) -> str:
    if abs(value) >= EXACT:
        return f"{value:.14E}"
    return str(int(value)) if value == int(value) else repr(value)
