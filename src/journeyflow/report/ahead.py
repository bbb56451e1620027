"""What is expected of open journeys, and the deals that stand too long."""

from __future__ import annotations

from typing import Any

from journeyflow.language import Language
from journeyflow.report.context import Column, Context, Section, Table, records
from journeyflow.report.queries import CALIBRATION, LATE_DEALS, OUTLOOK

MOST_DEALS = 15


def ahead_sections(ctx: Context) -> list[Section]:
    """Nothing where runs leave these analyses out, or where no journey is open."""
    words = ctx.words
    if not ctx.store.has("outlook"):
        return []
    states = [row for row in records(ctx.frame(OUTLOOK)) if row["journeys"]]
    if not states:
        return []
    columns = [
        Column(words.text("ahead.silence")),
        *(
            Column(words.text(f"ahead.{title}"), number=title != "next")
            for title in ("journeys", "chance", "interval", "expected", "next")
        ),
    ]
    return [
        Section(
            name="ahead",
            heading=words.text("ahead.heading"),
            lead=words.text("ahead.lead"),
            scope=words.text("page.whole_store"),
            tables=[Table(words.text("ahead.caption"), columns, [_row(s, words) for s in states])],
            folded=_late_deals(ctx),
            notes=[*_calibration(ctx), words.text("ahead.note")],
        )
    ]


def _row(row: dict[str, Any], words: Language) -> list[str]:
    since = words.duration(row["silent_from_s"])
    silence = (
        words.text("ahead.longer", since=since)
        if row["silent_until_s"] is None
        else words.text("ahead.between", since=since, until=words.duration(row["silent_until_s"]))
    )
    chance, between, expected = "–", "–", "–"
    if row["p_convert_30d"] is not None:
        chance = words.percent(row["p_convert_30d"], fine=True)
        low, high = row["low"], row["high"]
        between = f"{words.percent(low, fine=True)} – {words.percent(high, fine=True)}"
    if row["p_expected"] is not None:
        expected = words.number(row["p_expected"] * row["journeys"], 1)
    return [
        silence, words.number(row["journeys"]), chance, between, expected,
        row["next_touchpoint"] or "–",
    ]  # fmt: skip


def _calibration(ctx: Context) -> list[str]:
    """What the outlook expected earlier, and what came."""
    words = ctx.words
    return [
        words.text(
            "ahead.calibration",
            journeys=words.number(row["journeys"]),
            expected=words.number(row["expected"], 1),
            converted=words.number(row["converted"]),
        )
        for row in records(ctx.frame(CALIBRATION))
        if row["expected"] is not None and row["journeys"]
    ]


def _late_deals(ctx: Context) -> list[tuple[str, Table]]:
    words = ctx.words
    if not ctx.store.has("late_deals"):
        return []
    deals = ctx.frame(LATE_DEALS)
    if deals.empty:
        return []
    rows = [
        [
            row["touchpoint"],
            row["owner"] or words.text("stages.not_assigned"),
            words.number(row["deals"]),
            words.duration(row["late_after_s"]),
            words.duration(row["longest_s"]),
            words.money(row["value"], ctx.currency),
        ]
        for row in records(deals.head(MOST_DEALS))
    ]
    columns = [
        Column(words.text(f"ahead.{title}"), number=title not in ("stage", "owner"))
        for title in ("stage", "owner", "deals", "late_after", "longest", "value")
    ]
    title = words.text("ahead.late_deals")
    return [(title, Table(title, columns, rows))]
