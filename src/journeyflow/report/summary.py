"""The headline sentence and the key figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from journeyflow.analysis.shares import wilson
from journeyflow.language import SMALLEST_SHARE_BASE, Language
from journeyflow.report.context import Context

FEWEST_EXITS = 5  # below this, "most of them" says too much


@dataclass(frozen=True)
class KeyFigure:
    """A number, what it counts, and what it must be read with."""

    name: str
    value: str
    note: str


def headline(ctx: Context, summary: dict[str, Any], stages: list[dict[str, Any]]) -> str:
    """What the data say first: how many convert, and where most are lost."""
    words, total = ctx.words, int(summary["journeys"])
    parts = [
        words.text(
            "headline.converted",
            x=words.number(summary["converted"]),
            journeys=words.count("of_journeys", total),
            percent=_in_brackets(words, summary["converted"], total),
        )
    ]
    losing = [stage for stage in stages if stage["lost"]]
    if losing:
        worst = max(losing, key=lambda stage: (stage["lost"], -stage["position"]))
        lost = words.text("x_of_n", x=words.number(worst["lost"]), n=words.number(worst["entered"]))
        lost += _in_brackets(words, worst["lost"], worst["entered"])
        parts.append(words.text("headline.loss", stage=worst["stage"], lost=lost))
        if worst["exit_touchpoint"] and worst["lost"] >= FEWEST_EXITS:
            parts.append(words.text("headline.exit", touchpoint=worst["exit_touchpoint"]))
    elif any(stage["lost"] is not None for stage in stages):
        parts.append(words.text("headline.no_loss"))
    return " ".join(parts)


def key_figures(ctx: Context, summary: dict[str, Any]) -> list[KeyFigure]:
    """Journeys, their outcomes, and what they brought."""
    words, total = ctx.words, int(summary["journeys"])
    silence = words.duration(ctx.project["lost_after_s"])
    conversions = words.count("conversions", int(summary["conversions"]))
    return [
        KeyFigure(
            words.text("figures.journeys"),
            words.number(total),
            words.text("figures.of_persons", persons=words.count("persons", summary["persons"])),
        ),
        _share(words, "converted", summary, interval(words, summary["converted"], total)),
        _share(words, "lost", summary, words.text("figures.lost_after", duration=silence)),
        _share(words, "open", summary, words.text("figures.open_note")),
        KeyFigure(
            words.text("figures.value"),
            words.money(summary["value"], ctx.currency),
            words.text("figures.value_note", conversions=conversions),
        ),
    ]


def interval(words: Language, part: float, whole: float) -> str:
    """Wilson's interval in words; empty where the base is too small for percentages."""
    if whole < SMALLEST_SHARE_BASE:
        return ""
    low, high = wilson(part, whole)
    return words.text(
        "figures.interval", low=words.percent(low, fine=True), high=words.percent(high, fine=True)
    )


def _in_brackets(words: Language, part: float, whole: float) -> str:
    return f" ({words.share(part, whole)})" if whole >= SMALLEST_SHARE_BASE else ""


def _share(words: Language, key: str, summary: dict[str, Any], *notes: str) -> KeyFigure:
    number = words.number(summary[key])
    share = words.share(summary[key], summary["journeys"])
    large = summary["journeys"] >= SMALLEST_SHARE_BASE
    said = [number, *notes] if large else list(notes)
    return KeyFigure(words.text(f"figures.{key}"), share, " · ".join(part for part in said if part))
