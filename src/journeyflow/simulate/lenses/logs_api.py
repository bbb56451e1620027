"""How the cells of a Logs API export stand in its files: three layers, one around the other.

A list is a ClickHouse literal. Its text, like any text, hides apostrophes, tabs, line ends and
backslashes behind backslashes. A cell with a double quote in it stands in double quotes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from journeyflow.simulate.lenses.files import Exports, Row, delimited

ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line to be written: its cells by field, without the prefix; and all that it truly shows."""

    cells: Mapping[str, str]
    shows: Sequence[Row]


def text(value: str) -> str:
    """A text as a cell."""
    return value.translate(ESCAPES)


def texts(values: Iterable[str]) -> str:
    """A list of texts as a cell: each is escaped inside the literal, and the literal again."""
    return text("[" + ",".join(f"'{text(value)}'" for value in values) + "]")


def bare(values: Iterable[object]) -> str:
    """A list without quotes as a cell: numbers, and the texts of a few fields."""
    return "[" + ",".join(map(str, values)) + "]"


def put_parts(
    exports: Exports,
    source: str,
    name: str,
    prefix: str,
    fields: Sequence[str],
    parts: Sequence[Sequence[Line]],
) -> None:
    """Add one file: parts of an export, each with its header, one after another."""
    header = [f"{prefix}:{field}" for field in fields]
    content, told, place = "", [], 0
    for number, part in enumerate(parts):
        cells = [[line.cells[field] for field in fields] for line in part]
        content += delimited(header, cells, "\t")
        place += number > 0  # the header before this part is a record of the file
        for line in part:
            place += 1
            told += [(place, row) for row in line.shows]
    exports.put_told(source, name, content.encode(), told, sum(map(len, parts)))
