"""Curves: how many had gone on from each stage, by the days since they entered it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeyflow.analysis.incidence import is_mature
from journeyflow.figures import palette
from journeyflow.figures.layout import base_layout
from journeyflow.figures.safe import SafeFigure, fill, plotly_text, safe_figure
from journeyflow.language import words_in

_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def mature(frame: pd.DataFrame) -> pd.DataFrame:
    """The part of stage_curves that may be drawn: of enough journeys, and more than one day."""
    entered = frame.groupby("stage", sort=False)["at_risk"].transform("max")
    drawn = frame[is_mature(frame["at_risk"], entered)]
    return drawn[drawn.groupby("stage", sort=False)["day"].transform("size") > 1]


def stage_curves(frame: pd.DataFrame, *, language: str = "en") -> SafeFigure:
    """A line per stage with its interval; what is not mature is not drawn.

    frame: stage_curves (stage, day, p_advanced, at_risk, low, high), stages in their order.
    """
    words = words_in(language)
    drawn = mature(frame)
    colours = palette.group_colours(drawn["stage"])
    traces: list[dict[str, Any]] = []
    for number, (stage, rows) in enumerate(drawn.groupby("stage", sort=False)):
        days = rows["day"].tolist()
        colour = colours[str(stage)]
        line = {"shape": "hv", "color": colour, "dash": _DASHES[number % len(_DASHES)]}
        traces += [
            {
                "type": "scatter",
                "mode": "lines",
                "x": [*days, *reversed(days)],
                "y": [*rows["high"].tolist(), *reversed(rows["low"].tolist())],
                "fill": "toself",
                "fillcolor": palette.band(colour, 0.16),
                "line": {"width": 0, "shape": "linear"},
                "hoverinfo": "skip",
                "showlegend": False,
            },
            {
                "type": "scatter",
                "mode": "lines",
                "name": plotly_text(stage, 28),
                "x": days,
                "y": rows["p_advanced"].tolist(),
                "line": line | {"width": 2.2},
                "hovertemplate": fill(
                    "{stage}<br>%{{x}}: %{{y:.1%}}<extra></extra>", stage=str(stage)
                ),
            },
        ]
    plain = {"fixedrange": True, "zeroline": False, "gridcolor": palette.LINE}
    title = {"standoff": 10, "font": {"color": palette.MUTED, "size": 12}}
    layout = base_layout(words) | {
        "height": 340,
        "margin": {"l": 8, "r": 16, "t": 34, "b": 54},
        "xaxis": plain | {"title": title | {"text": words.text("axis.days")},
                          "rangemode": "tozero"},
        "yaxis": plain | {"title": title | {"text": words.text("axis.gone_on")}, "range": [0, 1],
                          "tickformat": ".0%", "automargin": True},
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom",
                   "itemclick": False, "itemdoubleclick": False},
    }  # fmt: skip
    return safe_figure(traces, layout)
