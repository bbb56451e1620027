"""The week's key figures beside the week before, and what moved around declared changes."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeyflow.language import Language
from journeyflow.report.context import Column, Context, Section, Table, records
from journeyflow.report.queries import CHANGE_EFFECTS, KEY_FIGURES

_DURATIONS = ("time_to_purchase_s", "touchpoint_wait_s")
_COUNTS = ("new_journeys",)
_SHARES = ("conversion", "repeat_rate", "touchpoint_share", "touchpoint_going_on")


def weekly_sections(ctx: Context) -> list[Section]:
    """The newest known week of each figure, and changes; nothing without figures."""
    words = ctx.words
    if not ctx.store.has("key_figures"):
        return []
    frame = ctx.frame(KEY_FIGURES)
    known = frame[frame["value"].notna() & frame["is_complete"].astype(bool)]
    newest = known.drop_duplicates("figure", keep="last")
    if newest.empty:
        return []
    rows = [
        [
            words.text(f"weekly.{row['figure']}"),
            words.day(row["week"]),
            _value(row["figure"], row["value"], words),
            _between(row["figure"], row["low"], row["high"], words),
            _value(row["figure"], row["previous"], words),
            _verdict(row, words),
        ]
        for row in records(newest)
    ]
    columns = [
        Column(words.text(f"weekly.{title}"), number=title in ("value", "interval", "previous"))
        for title in ("figure", "week", "value", "interval", "previous", "verdict")
    ]
    effects = ctx.frame(CHANGE_EFFECTS)
    return [
        Section(
            name="weekly",
            heading=words.text("weekly.heading"),
            lead=words.text("weekly.lead"),
            scope=words.text("page.whole_store"),
            tables=[Table(words.text("weekly.caption"), columns, rows)],
            notes=[words.text("weekly.note")],
            parts=[_change(rows, words) for _, rows in effects.groupby("change_number")],
        )
    ]


def _change(effects: pd.DataFrame, words: Language) -> Section:
    told = list(records(effects))
    first = told[0]
    columns = [
        Column(words.text(f"weekly.{title}"), number=title in ("before", "after", "difference"))
        for title in ("figure", "before", "after", "difference", "verdict")
    ]
    rows = [
        [
            words.text(f"weekly.{row['figure']}"),
            _value(row["figure"], row["before"], words),
            _value(row["figure"], row["after"], words),
            _value(row["figure"], row["difference"], words),
            _reason(row["reason"], words)
            if row["reason"] or not row["verdict"]
            else words.text(f"weekly.verdict_{row['verdict']}".replace(" ", "_")),
        ]
        for row in told
    ]
    heading = words.text("weekly.change", day=words.day(first["day"]), what=first["what"])
    lead = words.text("weekly.change_lead", days=words.number(first["days"]))
    return Section(
        "change", heading, lead, tables=[Table(heading, columns, rows)],
        notes=[words.text("weekly.change_note")],
    )  # fmt: skip


def _reason(reason: str | None, words: Language) -> str:
    known = words.texts["reasons"]
    return str(known.get(reason, known["unknown"]))


def _kind(figure: str) -> str:
    return "share" if figure.startswith(_SHARES) and "per_day" not in figure else "number"


def _value(figure: str, value: float | None, words: Language) -> str:
    if value is None:
        return "–"
    if figure in _DURATIONS:
        sign = "−" if value < 0 else ""
        return sign + words.duration(abs(value))
    if _kind(figure) == "share":
        sign = "−" if value < 0 else ""
        return sign + words.percent(abs(value), fine=True)
    return words.number(value, 0 if figure in _COUNTS else 2)


def _between(figure: str, low: float | None, high: float | None, words: Language) -> str:
    if low is None or high is None:
        return "–"
    return f"{_value(figure, low, words)} – {_value(figure, high, words)}"


def _verdict(row: dict[str, Any], words: Language) -> str:
    if row["is_more_than_noise"] is None:
        return words.text("weekly.not_compared")
    return words.text("weekly.more" if row["is_more_than_noise"] else "weekly.noise")
