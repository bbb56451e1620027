"""Writing export files, and noting for each row of them what it truly is."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from journeyflow.simulate.acts import Act
from journeyflow.simulate.clock import Period, month

Identifier = tuple[str, str]


@dataclass(slots=True)
class Row:
    """A row to be written, and the truth about it.

    `note` says what a reader may find odd: `duplicate`, `superseded`, `bot`, `kiosk`,
    `wrong_visitor`, `chain_leg`, `reload`, `late`, `technical`, `no_consent`, `archived`,
    `second_card`; empty for a plain row. `ids` are the raw identifiers the row shows that truly
    are the person's own.
    """

    content: Any
    at: int
    kind: str
    person: str
    touch: str = ""
    act: int | None = None
    event_id: str = ""
    note: str = ""
    ids: tuple[Identifier, ...] = ()

    def again(self, note: str, content: Any = None) -> Row:
        """The same row delivered once more, perhaps with another content."""
        return Row(
            self.content if content is None else content,
            self.at,
            self.kind,
            self.person,
            self.touch,
            self.act,
            self.event_id,
            note,
            self.ids,
        )


def person_key(number: int) -> str:
    """The name of a true person in the truth."""
    return f"P{number:06d}"


def by_month(rows: Iterable[Row], period: Period) -> dict[str, list[Row]]:
    """Rows by local month; a month without rows is there too, for its file without rows."""
    months: dict[str, list[Row]] = {name: [] for name in period.months}
    for row in rows:
        months[month(row.at)].append(row)
    return months


def row_of(act: Act, content: Any, ids: Iterable[Identifier] = (), **more: Any) -> Row:
    """A row that shows one act."""
    return Row(
        content,
        act.at,
        act.kind,
        person_key(act.person),
        touch=act.touch,
        act=act.number,
        ids=tuple(ids),
        **more,
    )


def as_line(record: Any) -> str:
    """A JSON record on a line of its own, as a warehouse extract writes it: <, >, & escaped."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    escaped = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return escaped + "\n"


@dataclass
class Exports:
    """Takes finished files: their bytes, how many rows each holds, and the truth of each row."""

    contents: dict[str, bytes] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    truth: list[tuple[str, str, int, Row]] = field(default_factory=list)

    def put(self, source: str, name: str, content: bytes, rows: Sequence[Row], total: int) -> None:
        """Add a file of a source. Rows stand in it in this order; lines count from 1."""
        self.put_told(source, name, content, enumerate(rows, 1), total)

    def put_told(
        self, source: str, name: str, content: bytes, told: Iterable[tuple[int, Row]], total: int
    ) -> None:
        """Add a file of which a line may show nothing or several things, each with its line."""
        path = f"exports/{source}/{name}"
        if name.endswith(".gz"):
            content = gzip.compress(content, 6, mtime=0)
        self.contents[path] = content
        self.rows[path] = total
        self.truth.extend((source, path, line, row) for line, row in told)

    def put_lines(self, source: str, name: str, rows: Sequence[Row]) -> None:
        """One record per line; a row's content is its line. Of no record nothing is exported."""
        if rows:
            self.put(source, name, "".join(row.content for row in rows).encode(), rows, len(rows))

    def put_json(
        self, source: str, name: str, envelope: dict[str, Any], key: str, rows: Sequence[Row]
    ) -> None:
        """One JSON document: the envelope with the records under `key`, one record a line."""
        head = json.dumps({**envelope, key: []}, ensure_ascii=False).removesuffix("]}")
        records = ",\n".join(json.dumps(row.content, ensure_ascii=False) for row in rows)
        self.put(source, name, f"{head}\n{records}\n]}}\n".encode(), rows, len(rows))

    def put_pages(
        self,
        source: str,
        name: str,
        envelope: Callable[[int, int], dict[str, Any]],
        key: str,
        rows: Sequence[Row],
        size: int,
    ) -> None:
        """JSON documents of at most `size` records; of no record one empty page.

        `envelope` is made of the number of the page, from 1, and of how many there are.
        """
        pages = max(1, math.ceil(len(rows) / size))
        for page in range(1, pages + 1):
            part = rows[(page - 1) * size : page * size]
            self.put_json(source, f"{name}_page{page:02d}.json", envelope(page, pages), key, part)

    def put_document(self, source: str, name: str, document: Any, rows: Sequence[Row] = ()) -> None:
        """One JSON document, whatever its shape, that holds these rows."""
        text = json.dumps(document, ensure_ascii=False, indent=1)
        self.put(source, name, f"{text}\n".encode(), rows, len(rows))

    def put_table(
        self,
        source: str,
        name: str,
        header: Sequence[str],
        rows: Sequence[Row],
        *,
        delimiter: str = ",",
        encoding: str = "utf-8",
    ) -> None:
        """Delimited text with a header line; a row's content is its list of cells."""
        cells = [row.content for row in rows]
        text = delimited(header, cells, delimiter)
        self.put(source, name, text.encode(encoding), rows, len(rows))

    def put_plain(
        self, source: str, name: str, header: Sequence[str], cells: Sequence[Sequence[str]]
    ) -> None:
        """Comma-separated rows that belong to nobody."""
        self.put(source, name, delimited(header, cells, ",").encode(), (), len(cells))


def delimited(header: Sequence[str], cells: Sequence[Sequence[Any]], delimiter: str) -> str:
    """Delimited text with a header line; cells stand in double quotes where they must."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(cells)
    return text.getvalue()
