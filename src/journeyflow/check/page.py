"""Lines, lists and tables of plain text within a width; nothing in them is markup."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from journeyflow.check.findings import Figures
from journeyflow.check.masking import plain

LABEL = 13
SHORT = 28
MOST_BLOCKED = 5


class Page:
    """A text that grows line by line."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[str] = []

    def title(self, text: str, sign: str) -> None:
        """A line, and one of signs below it."""
        self.lines += [plain(text), sign * min(len(plain(text)), self.width)]

    def said(self, label: str, text: str) -> None:
        """A label and its text, wrapped under itself."""
        self._wrapped(f"{label:<{LABEL}}", text)

    def listed(self, heading: str, items: Iterable[str]) -> None:
        """A heading and numbered items; nothing where there are none."""
        for number, item in enumerate(items, start=1):
            if number == 1:
                self.lines += ["", heading]
            self._wrapped(f"  {number}. ", item)

    def table(self, heading: str, rows: Sequence[Sequence[str]]) -> None:
        """Cells under each other; the last column takes what is left, and is cut there."""
        cells = [[plain(cell) for cell in row] for row in rows]
        widths = [
            min(max(map(len, column)), SHORT, self.width // 4)
            for column in zip(*cells, strict=True)
        ]
        widths[-1] = max(self.width - 2 * len(widths) - sum(widths[:-1]), 12)
        self.lines += ["", heading]
        for row in cells:
            fitted = (f"{plain(c, room):<{room}}" for c, room in zip(row, widths, strict=True))
            self.lines.append("  " + "  ".join(fitted).rstrip())

    def figures(self, told: Figures, zone: str, only: str = "") -> None:
        """How many rows were used and why others were not, and the period that they cover."""
        skips = "".join(f", {rows:,} skipped ({reason})" for reason, rows in told.skips)
        counts = f"{told.rows:,} read, {told.used:,} used, {told.rejected:,} rejected"
        self.said("rows", counts + skips)
        for each in told.rejects:
            column = f"{each.column}: " if each.column else ""
            example = f", such as {each.example!r}" if each.example else ""
            where = f"({each.rows:,} rows, first row {each.first_line})"
            self.said("", f"rejected: {column}{each.reason}{example} {where}")
        if told.first_at and told.last_at:
            first, last = (_local(each, zone) for each in (told.first_at, told.last_at))
            self.said("period", f"{first} to {last} ({zone}{only})")

    def people(self, told: Figures, text: str) -> None:
        """What tells people apart, and which values of it do not."""
        types = ", ".join(f"{type} ({count:,})" for type, count in told.identifiers.items())
        self.said("persons", f"{text}; identifiers: {types or 'none'}")
        for type, reason, rows in told.blocked[:MOST_BLOCKED]:
            self.said("", f"{type}: {rows:,} rows hold no identifier ({reason})")

    def _wrapped(self, start: str, text: str) -> None:
        self.lines += textwrap.wrap(
            plain(text),
            self.width,
            initial_indent=start,
            subsequent_indent=" " * len(start),
            break_on_hyphens=False,
        )


def _local(instant: str, zone: str) -> str:
    """An instant on the wall clock of a zone; a day as it is."""
    if len(instant) == len("2026-01-01"):
        return instant
    return f"{datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
