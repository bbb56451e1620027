"""The Sankey of real paths, from a SankeyTable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from journeyflow.analysis.sankey import NO_LABEL, SankeyTable
from journeyflow.errors import SettingsError
from journeyflow.figures import palette
from journeyflow.figures.layout import base_layout
from journeyflow.figures.safe import LABEL_LENGTH, SafeFigure, clean, fill, safe_figure
from journeyflow.language import SMALLEST_SHARE_BASE, Language, words_in

MOST_LINKS = 1500
PIXELS_PER_STEP = 190
CROWDED = 5
_NODE_WIDTH, _NODE_PAD, _TOP, _BOTTOM = 14, 17, 40, 12


def sankey(
    table: SankeyTable,
    *,
    groups: Mapping[str, str] | None = None,
    language: str = "en",
) -> SafeFigure:
    """Draw a SankeyTable: widths are journeys, colours are kinds, ends carry symbols.

    groups: {label: name of its group}, in the order that colours are given out, for example
    the stage of each touchpoint. Nodes carry `customdata` "n.<id>", links "l.<source>.<target>".
    Raises SettingsError above 1,500 links, which nobody can read.
    """
    words = words_in(language)
    if len(table.links) > MOST_LINKS:
        raise SettingsError(
            f"The paths have {len(table.links)} links; more than {MOST_LINKS} cannot be read.",
            hint="Show fewer steps, or a smaller `top`.",
        )
    if table.total == 0:
        return _empty(words)
    colours = _colours(table.nodes, groups or {})
    nodes = table.nodes.assign(colour=colours)
    trace = {
        "type": "sankey",
        "arrangement": "fixed",
        "valueformat": ",.0f",
        "textfont": {"size": 12, "color": palette.TEXT, "shadow": "none"},
        "node": _nodes(nodes, table.total, words),
        "link": _links(nodes, table, words),
    }
    columns = int(nodes["step"].max())
    layout = base_layout(words) | {
        "height": _height(nodes),
        "margin": {"l": 4, "r": 4, "t": _TOP, "b": _BOTTOM},
        "annotations": _headings(columns, words),
    }
    return safe_figure([trace], layout)


def node_name(kind: str, label: str, words: Language) -> str:
    """What people call a node: its label, or the word (and symbol) of its kind."""
    if kind == "touchpoint":
        return words.text("sankey.none") if label == NO_LABEL else label
    word = words.text(f"kinds.{kind}")
    return f"{palette.SYMBOL[kind]} {word}" if kind in palette.SYMBOL else word


def least_width(table: SankeyTable) -> int:
    """Pixels that the figure needs for its labels to stand clear of each other."""
    return PIXELS_PER_STEP * int(table.nodes["step"].max()) if table.total else 0


def _colours(nodes: pd.DataFrame, groups: Mapping[str, str]) -> list[str]:
    by_group = palette.group_colours(groups.values())
    colours = []
    for kind, label in zip(nodes["kind"], nodes["label"], strict=True):
        colour = palette.KIND[kind]
        if kind == "touchpoint" and groups:
            colour = by_group.get(groups.get(label, ""), palette.UNGROUPED)
        colours.append(colour)
    return colours


def _nodes(nodes: pd.DataFrame, total: int, words: Language) -> dict[str, Any]:
    small = total < SMALLEST_SHARE_BASE
    last = int(nodes["step"].max())
    labels = [
        fill(
            "{name} {share}",
            name=_short_name(row, last, words),
            share=words.number(row["value"]) if small else words.share(row["value"], total),
        )
        for row in nodes.to_dict("records")
    ]
    unit = words.text("sankey.unit")
    return {
        "align": "left",
        "sort": "input",
        "pad": _NODE_PAD,
        "thickness": _NODE_WIDTH,
        "line": {"width": 0},
        "label": labels,
        "color": list(nodes["colour"]),
        "customdata": [f"n.{name}" for name in nodes["id"]],
        "hovertemplate": fill("%{{label}}<br>%{{value}} {unit}<extra></extra>", unit=unit),
    }


def _short_name(node: dict[str, Any], last: int, words: Language) -> str:
    # Plotly puts the labels of the last column to its left, where those of the column before
    # end; where columns are many, both are kept short.
    crowded = last >= CROWDED
    if crowded and node["step"] == last:
        return palette.SYMBOL[node["kind"]]
    length = LABEL_LENGTH - 6 if crowded and node["step"] == last - 1 else LABEL_LENGTH
    return clean(node_name(node["kind"], node["label"], words), length)


def _links(nodes: pd.DataFrame, table: SankeyTable, words: Language) -> dict[str, Any]:
    place = {name: position for position, name in enumerate(nodes["id"])}
    names = [node_name(k, n, words) for k, n in zip(nodes["kind"], nodes["label"], strict=True)]
    values, colours = list(nodes["value"]), list(nodes["colour"])
    ends = {k for k, kind in enumerate(nodes["kind"]) if kind in palette.SYMBOL}
    source = [place[name] for name in table.links["source"]]
    target = [place[name] for name in table.links["target"]]
    hover = [
        fill(
            "{a} → {b}<br>{n} · {of_a} · {of_all}",
            a=names[s],
            b=names[t],
            n=words.count("journeys", v),
            of_a=words.text("sankey.of_source", share=words.share(v, values[s])),
            of_all=words.text("sankey.of_all", share=words.share(v, table.total)),
        )
        for s, t, v in zip(source, target, table.links["value"], strict=True)
    ]
    return {
        "sort": "input",
        "source": source,
        "target": target,
        "value": list(table.links["value"]),
        "color": [
            palette.band(colours[t] if t in ends else colours[s], 0.26 if t in ends else 0.34)
            for s, t in zip(source, target, strict=True)
        ],
        "label": hover,
        "customdata": [
            f"l.{s}.{t}" for s, t in zip(table.links["source"], table.links["target"], strict=True)
        ],
        "hovertemplate": fill("%{{label}}<extra></extra>"),
    }


def _height(nodes: pd.DataFrame) -> int:
    most = int(nodes.groupby("step").size().max())
    return _TOP + _BOTTOM + max(420, 44 * most)


def _headings(columns: int, words: Language) -> list[dict[str, Any]]:
    headings = []
    for column in range(1, columns + 1):
        share = (column - 1) / max(columns - 1, 1)
        last = column == columns
        text = words.text("sankey.step", n=column)
        if last:
            text = words.text("sankey.after", n=column - 1)
        headings.append({
            "text": fill("<b>{text}</b>", text=text),
            "x": share, "y": 1, "xref": "paper", "yref": "paper",
            "xanchor": "right" if last else "left", "yanchor": "bottom",
            "xshift": 0 if last else -_NODE_WIDTH * share, "yshift": 10,
            "showarrow": False, "font": {"size": 12, "color": palette.MUTED},
        })  # fmt: skip
    return headings


def _empty(words: Language) -> SafeFigure:
    note = {
        "text": words.text("sankey.empty"), "x": 0.5, "y": 0.5, "xref": "paper",
        "yref": "paper", "showarrow": False, "font": {"size": 15, "color": palette.MUTED},
    }  # fmt: skip
    hidden = {"visible": False}
    return safe_figure(
        [],
        base_layout(words) | {"height": 160, "annotations": [note], "xaxis": hidden,
                              "yaxis": hidden},
    )  # fmt: skip
