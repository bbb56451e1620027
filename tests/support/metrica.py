"""Files of Yandex Metrica's Logs API from plain values, as its servers write them.

    visits([visit(goalsID=[7], goalsDateTime=["2025-10-01 12:01:00"], goalsOrder=["A'1"])])

Three layers, the last first: a cell with a double quote is enclosed in them and doubles its own;
below that a backslash hides what would end a cell or a text; and an array is `[` … `]`, its texts
and times in single quotes with backslashes of their own, its numbers bare.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = dict[str, Any]

ESCAPES = {
    "\\": "\\\\", "'": "\\'", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f",
    "\0": "\\0",
}  # fmt: skip
#: These come without quotes, so that a missing element is a gap between commas.
UNQUOTED = ("goalscurrency", "messenger", "recommendationsystem")
VISIT = "9155634912300924928"
CLIENT = "1763547719182326239"
WATCH = "18446744073709551615"


class Raw(str):
    """The very letters of a cell."""

    __slots__ = ()


def escaped(text: str) -> str:
    """The text as ClickHouse hides it."""
    return "".join(ESCAPES.get(letter, letter) for letter in text)


def literal(values: Iterable[Any], *, quoted: bool = True) -> str:
    """An array before its cell is escaped: texts in quotes, numbers bare."""
    texts = (
        f"'{escaped(each)}'" if quoted and isinstance(each, str) else str(each) for each in values
    )
    return "[" + ",".join(texts) + "]"


def cell(name: str, value: Any) -> str:
    """One value as it stands between two tabs."""
    if isinstance(value, Raw):
        return value
    if isinstance(value, list | tuple):
        text = escaped(literal(value, quoted=not name.lower().endswith(UNQUOTED)))
    else:
        text = escaped(str(value))
    return '"' + text.replace('"', '""') + '"' if '"' in text else text


def export(rows: Sequence[Mapping[str, Any]], prefix: str, columns: Iterable[str] = ()) -> str:
    """A part of an export: its header, and a line for each row.

    Columns are those of all rows where none are told. What a row leaves out is an empty array
    where others have one, else an empty text.
    """
    names = [*columns] or [*dict.fromkeys(name for row in rows for name in row)]
    arrays = {name for row in rows for name, value in row.items() if isinstance(value, list)}
    lines = ["\t".join(f"{prefix}{name}" for name in names)]
    for row in rows:
        assert row.keys() <= set(names), row.keys() - set(names)
        lines.append(
            "\t".join(cell(name, row.get(name, [] if name in arrays else "")) for name in names)
        )
    return "".join(f"{line}\n" for line in lines)


def visits(rows: Sequence[Mapping[str, Any]], columns: Iterable[str] = ()) -> str:
    """Rows of the table of visits."""
    return export(rows, "ym:s:", columns)


def hits(rows: Sequence[Mapping[str, Any]], columns: Iterable[str] = ()) -> str:
    """Rows of the table of hits."""
    return export(rows, "ym:pv:", columns)


def visit(number: int = 0, **fields: Any) -> Row:
    """A visit of two minutes to the front page, at noon; each number is another browser's."""
    return {
        "visitID": str(int(VISIT) + number),
        "clientID": str(int(CLIENT) + number),
        "dateTime": "2025-10-01 12:00:00",
        "startURL": "https://shop.example/",
        "referer": "",
        "visitDuration": 120,
        **fields,
    }


def hit(number: int = 0, **fields: Any) -> Row:
    """The page view with which the visit of that number begins."""
    return {
        "watchID": str(int(WATCH) - number),
        "visitID": str(int(VISIT) + number),
        "clientID": str(int(CLIENT) + number),
        "dateTime": "2025-10-01 12:00:00",
        "URL": "https://shop.example/",
        "referer": "",
        "isPageView": 1,
        **fields,
    }


def source(table: str, **keys: Any) -> Row:
    """A `[[sources]]` table for the exports of `visits` or `hits`."""
    return {
        "name": table,
        "format": f"metrica_{table}",
        "files": [f"exports/{table}/*"],
        "timezone": "Europe/Moscow",
        **keys,
    }
