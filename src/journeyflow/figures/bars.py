"""Bars: what became of the journeys at each stage, and credit per channel and model."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeyflow.figures import palette
from journeyflow.figures.layout import base_layout
from journeyflow.figures.safe import SafeFigure, fill, plotly_text, safe_figure
from journeyflow.language import Language, words_in

_STAGE_PARTS = (
    ("advanced", palette.BLUE, ""),
    ("open", "#B9C7D3", ""),
    ("lost", palette.KIND["lost"], "/"),
)
_MODEL_COLOURS = (palette.SKY, palette.BLUE, palette.ORANGE, palette.PINK, palette.VERMILION)


def stages(frame: pd.DataFrame, *, language: str = "en") -> SafeFigure:
    """Stacked bars per stage: journeys that advanced, are open, were lost.

    frame: stage_conversion (stage, position, advanced, open, lost). The last stage has
    nothing to advance to and is left out.
    """
    words = words_in(language)
    known = frame[frame["advanced"].notna()].sort_values("position")
    names = [plotly_text(name, 28) for name in known["stage"]]
    traces = []
    for part, colour, hatch in _STAGE_PARTS:
        word = words.text(f"stages.{part}")
        traces.append(_hatched(word, names, [int(v) for v in known[part]], colour, hatch))
    return safe_figure(traces, _layout(words, len(names), "stack", words.text("axis.journeys")))


def funnel(frame: pd.DataFrame, *, language: str = "en") -> SafeFigure:
    """Stacked bars per step of a funnel: who came, who may still come, who will not.

    frame: what `store.funnel` answers without `by` (position, step, count, open, lost). A bar is as
    long as the count of the step before, and with it those who entered here.
    """
    words = words_in(language)
    steps = frame.sort_values("position")
    names = [
        plotly_text(f"{position}. {step}", 28)
        for position, step in zip(steps["position"], steps["step"], strict=True)
    ]
    traces = [
        _hatched(
            words.text(f"funnel.{part}"),
            names,
            [int(v) for v in steps[column].fillna(0)],
            colour,
            hatch,
        )
        for (column, part), (_, colour, hatch) in zip(
            (("count", "came"), ("open", "open"), ("lost", "lost")), _STAGE_PARTS, strict=True
        )
    ]  # fmt: skip
    return safe_figure(traces, _layout(words, len(names), "stack", words.text("funnel.axis")))


def channels(frame: pd.DataFrame, *, top: int = 10, language: str = "en") -> SafeFigure:
    """Grouped bars: conversions credited to each channel by each model.

    frame: channel_credit (model, channel, conversions). Shown are the `top` channels by their
    largest credit; the table beside the figure has them all.
    """
    words = words_in(language)
    wide = frame.pivot_table(index="channel", columns="model", values="conversions", aggfunc="sum")
    most = wide.max(axis=1)
    wide = wide[most > 0].assign(_most=most)
    wide = wide.sort_values("_most", ascending=False, kind="stable").drop(columns="_most").head(top)
    names = [plotly_text(name, 28) for name in wide.index]
    traces = [
        _bar(words.model(model), names, [round(float(v), 1) for v in wide[model].fillna(0)],
             _MODEL_COLOURS[position % len(_MODEL_COLOURS)])
        for position, model in enumerate(dict.fromkeys(frame["model"]))
        if model in wide
    ]  # fmt: skip
    rows = len(names) * max(1, len(traces)) / 2
    return safe_figure(traces, _layout(words, rows, "group", words.text("axis.conversions")))


def _bar(name: str, labels: list[Any], values: list[Any], colour: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "y": labels,
        "x": values,
        "marker": {"color": colour, "line": {"width": 0}},
        "hovertemplate": fill("%{{y}}<br>{name}: %{{x:,}}<extra></extra>", name=name),
    }


def _hatched(
    name: str, labels: list[Any], values: list[Any], colour: str, hatch: str
) -> dict[str, Any]:
    """A bar that is told by its hatching too, where it has any."""
    return _bar(name, labels, values, colour) | {
        "marker": {"color": colour, "line": {"width": 0},
                   "pattern": {"shape": hatch, "size": 7, "solidity": 0.1,
                               "fgcolor": "#FFFFFF", "bgcolor": colour}}
    }  # fmt: skip


def _layout(words: Language, rows: float, mode: str, axis: str) -> dict[str, Any]:
    # Ticks that cannot be seen keep the labels off the bars.
    plain = {"fixedrange": True, "zeroline": False, "ticks": "outside", "ticklen": 7,
             "tickcolor": "rgba(0,0,0,0)"}  # fmt: skip
    return base_layout(words) | {
        "barmode": mode,
        "bargap": 0.32,
        "height": round(110 + 42 * max(rows, 1)),
        "margin": {"l": 8, "r": 16, "t": 34, "b": 54},
        "xaxis": plain | {"gridcolor": palette.LINE, "rangemode": "tozero", "tickformat": ",",
                          "title": {"text": axis, "standoff": 10,
                                    "font": {"color": palette.MUTED, "size": 12}}},
        "yaxis": plain | {"autorange": "reversed", "automargin": True, "type": "category"},
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom",
                   "traceorder": "normal", "itemclick": False, "itemdoubleclick": False},
    }  # fmt: skip
