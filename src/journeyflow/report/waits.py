"""How long customers wait at each touchpoint, those who still wait among them."""

from __future__ import annotations

from typing import Any

from journeyflow.language import SMALLEST_SHARE_BASE, Language
from journeyflow.report.context import Column, Context, Section, Table, records
from journeyflow.report.queries import HANDOVERS, TOUCHPOINT_WAITS

MOST_WAITS = 12
_WAITS = ("owner", "waits", "running", "median", "interval", "p90", "day", "week", "share")
_WORKING = ("working", "working_p90")


def waits_sections(ctx: Context, journeys: int) -> list[Section]:
    """Touchpoints by their share of all waiting, and hand-overs to unfold; none without waits."""
    words = ctx.words
    if not ctx.store.has("touchpoint_waits"):
        return []
    frame = ctx.journeys.query(TOUCHPOINT_WAITS)
    frame = frame[frame["wait_share"] > 0]
    if frame.empty:
        return []
    working = frame["working_median_s"].notna().any()
    titles = (*_WAITS, *(_WORKING if working else ()))
    waits = int(frame["transitions"].sum())
    rows = [_row(row, waits, words)[: len(titles) + 1] for row in records(frame.head(MOST_WAITS))]
    return [
        Section(
            name="waits",
            heading=words.text("waits.heading"),
            lead=words.text("waits.lead"),
            scope=ctx.scope(journeys),
            tables=[_table("waits.caption", "waits.touchpoint", titles, rows, words)],
            folded=_handovers(ctx),
            notes=[words.text("waits.note")],
        )
    ]


def _row(row: dict[str, Any], waits: int, words: Language) -> list[str]:
    between = "–"
    if row["wait_median_low_s"] is not None and row["wait_median_high_s"] is not None:
        low, high = row["wait_median_low_s"], row["wait_median_high_s"]
        between = f"{words.duration(low)} – {words.duration(high)}"
    return [
        row["touchpoint"],
        row["owner"] or words.text("stages.not_assigned"),
        words.number(row["waits"]),
        words.number(row["running"]),
        words.duration(row["wait_median_s"]),
        between,
        words.duration(row["wait_p90_s"]),
        _share(row["within_1d"], row["waits"], words),
        _share(row["within_7d"], row["waits"], words),
        _share(row["wait_share"], waits, words),
        words.duration(row["working_median_s"]),
        words.duration(row["working_p90_s"]),
    ]


def _share(share: float | None, waits: int, words: Language) -> str:
    if share is None or waits < SMALLEST_SHARE_BASE:
        return "–"
    return words.percent(share, fine=True)


def _table(
    caption: str, first: str, titles: tuple[str, ...], rows: list[list[str]], words: Language
) -> Table:
    columns = [
        Column(words.text(first)),
        *(
            Column(words.text(f"waits.{each}"), number=each not in ("owner", "to"))
            for each in titles
        ),
    ]
    return Table(words.text(caption), columns, rows)


def _handovers(ctx: Context) -> list[tuple[str, Table]]:
    """The waits where one owner hands over to another, where owners are named."""
    words = ctx.words
    frame = ctx.journeys.query(HANDOVERS)
    if frame.empty:
        return []
    moves = int(frame["transitions"].sum())
    rows = [
        [
            row["from_owner"],
            row["to_owner"],
            words.number(row["transitions"]),
            words.duration(row["wait_median_s"]),
            words.duration(row["wait_p90_s"]),
            _share(row["wait_share"], moves, words),
        ]
        for row in records(frame.head(MOST_WAITS))
    ]
    titles = ("to", "handed_over", "median", "p90", "share")
    return [
        (
            words.text("waits.handovers"),
            _table("waits.handovers", "waits.from", titles, rows, words),
        )
    ]
