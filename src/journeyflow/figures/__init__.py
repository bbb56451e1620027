"""Plotly figures from tables; each is safe to show to anyone who may see its numbers."""

from __future__ import annotations

from journeyflow.figures.bars import channels, funnel, stages
from journeyflow.figures.curves import stage_curves
from journeyflow.figures.links import weakest_links
from journeyflow.figures.safe import CONFIG, SafeFigure, protect_renderers
from journeyflow.figures.sankey import sankey

# A notebook may ask plotly's renderers how to show a figure, and never the figure.
protect_renderers()

__all__ = [
    "CONFIG",
    "SafeFigure",
    "channels",
    "funnel",
    "sankey",
    "stage_curves",
    "stages",
    "weakest_links",
]
