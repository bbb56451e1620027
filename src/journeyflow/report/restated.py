"""Published figures that moved: by how much, why, and which kept reports show the former ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from journeyflow.language import Language
from journeyflow.report.context import Column, Context, Section, Table, records
from journeyflow.report.queries import RESTATED

MOST_ROWS, MOST_NAMED = 20, 3
TITLES = ("run", "figure", "reason", "days", "up", "down", "reports")
NUMBERS = ("days", "up", "down")


def restated_parts(ctx: Context) -> Iterator[Section]:
    """What runs moved, the newest first; nothing where no published figure ever moved."""
    words, zone = ctx.words, str(ctx.project["timezone"])
    found = [*records(ctx.frame(RESTATED))]
    if not found:
        return
    rows = [
        [
            words.moment(row["restated_at"], zone),
            words.text(f"restated.{row['figure']}"),
            words.stored(row["reason"]),
            _days(row, words),
            *(_signed(row, way, ctx) for way in ("up", "down")),
            _named(row["reports"].splitlines(), words),
        ]
        for row in found[:MOST_ROWS]
    ]
    columns = [Column(words.text(f"restated.{each}"), number=each in NUMBERS) for each in TITLES]
    left = len(found) - MOST_ROWS
    yield Section(
        name="restated",
        heading=words.text("restated.heading"),
        lead=words.text("restated.lead"),
        tables=[Table(words.text("restated.caption"), columns, rows)],
        notes=[words.text("quality.more", n=words.number(left))] if left > 0 else [],
    )


def _days(row: dict[str, Any], words: Language) -> str:
    first, last = words.day(row["first_day"]), words.day(row["last_day"])
    if first == last:
        return first
    number = words.number(row["days"])
    return words.text("restated.of_days", n=number, first=first, last=last)


def _named(reports: list[str], words: Language) -> str:
    left = len(reports) - MOST_NAMED
    more = [words.text("quality.more", n=words.number(left))] if left > 0 else []
    return ", ".join(reports[:MOST_NAMED]) + " ".join(["", *more]) or "–"


def _signed(row: dict[str, Any], way: str, ctx: Context) -> str:
    if not row[way]:
        return "–"
    plain = row["figure"] == "conversions"
    shown = ctx.words.number(row[way]) if plain else ctx.words.money(row[way], ctx.currency)
    return f"+{shown}" if way == "up" else shown
