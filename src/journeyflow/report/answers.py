"""How long customers wait for the company's answer, and who is lost before it comes."""

from __future__ import annotations

from typing import Any

from journeyflow.language import SMALLEST_SHARE_BASE, Language
from journeyflow.report.context import Column, Context, Section, Table, records
from journeyflow.report.queries import ANSWERS

MOST_PLACES = 12
_TITLES = (
    "waits_for", "waits", "median", "answered", "interval", "lost", "within", "then", "soon",
    "later",
)  # fmt: skip


def answers_sections(ctx: Context, journeys: int) -> list[Section]:
    """What is waited for most, and what faster answers might change; none without waits."""
    words = ctx.words
    if not (ctx.store.has("patience_whatif") and ctx.store.has("company_waits")):
        return []
    found = list(records(ctx.journeys.query(ANSWERS).head(MOST_PLACES)))
    if not found:
        return []
    columns = [
        Column(words.text("answers.touchpoint")),
        *(Column(words.text(f"answers.{each}"), number=each != "waits_for") for each in _TITLES),
    ]
    table = Table(words.text("answers.caption"), columns, [_row(row, words) for row in found])
    return [
        Section(
            name="answers",
            heading=words.text("answers.heading"),
            lead=words.text("answers.lead"),
            scope=ctx.scope(journeys),
            tables=[table],
            notes=[words.text("answers.note"), words.text("answers.what_if")],
        )
    ]


def _row(row: dict[str, Any], words: Language) -> list[str]:
    def share(name: str) -> str:
        if row["waits"] < SMALLEST_SHARE_BASE or row[name] is None:
            return "–"
        return words.percent(row[name], fine=True)

    def of(part: str, whole: str) -> str:
        some = row[whole] >= SMALLEST_SHARE_BASE
        if some or not row[whole]:
            return words.share(row[part], row[whole]) if some else "–"
        return words.text(
            "answers.of", part=words.number(row[part]), whole=words.number(row[whole])
        )

    return [
        row["touchpoint"],
        words.text(f"answers.for_{row['waits_for']}"),
        words.number(row["waits"]),
        words.duration(row["median_s"]),
        share("served_now"),
        f"{share('served_now_low')} – {share('served_now_high')}",
        share("lost_now"),
        words.duration(row["within_s"]),
        f"{share('served_then_least')} – {share('served_then_most')}",
        of("went_on_within", "watched_within"),
        of("went_on_later", "watched_later"),
    ]
