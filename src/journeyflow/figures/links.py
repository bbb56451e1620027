"""Dots with intervals: what keeping customers at each link would bring."""

from __future__ import annotations

import pandas as pd

from journeyflow.figures import palette
from journeyflow.figures.layout import base_layout
from journeyflow.figures.safe import SafeFigure, fill, plotly_text, safe_figure
from journeyflow.language import words_in

PER = 1000


def weakest_links(frame: pd.DataFrame, *, language: str = "en") -> SafeFigure:
    """A dot per link, the weakest on top, and a line over its 95 % interval.

    frame: rows of weakest_links of one level (link, gain, gain_low, gain_high), in their order.
    """
    words = words_in(language)
    told = frame[frame["gain_low"].notna()]
    gain, low, high = (
        (PER * told[each].astype(float)).tolist() for each in ("gain", "gain_low", "gain_high")
    )
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": gain,
        "y": [plotly_text(name, 28) for name in told["link"]],
        "marker": {"color": palette.VERMILION, "size": 9},
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [end - dot for end, dot in zip(high, gain, strict=True)],
            "arrayminus": [dot - end for end, dot in zip(low, gain, strict=True)],
            "color": palette.VERMILION,
            "thickness": 1.6,
            "width": 5,
        },
        "hovertemplate": fill("%{{y}}<br>{name}: %{{x:.2f}}<extra></extra>",
                              name=words.text("losses.gain")),
    }  # fmt: skip
    plain = {"fixedrange": True, "zeroline": False, "gridcolor": palette.LINE}
    layout = base_layout(words) | {
        "height": round(110 + 26 * max(len(told), 1)),
        "margin": {"l": 8, "r": 16, "t": 16, "b": 54},
        "showlegend": False,
        "xaxis": plain | {"rangemode": "tozero",
                          "title": {"text": words.text("losses.axis"), "standoff": 10,
                                    "font": {"color": palette.MUTED, "size": 12}}},
        "yaxis": plain | {"autorange": "reversed", "automargin": True, "type": "category",
                          "showgrid": False},
    }  # fmt: skip
    return safe_figure([trace], layout)
