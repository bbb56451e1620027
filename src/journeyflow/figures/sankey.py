"""The Sankey of real paths, from a SankeyTable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from journeyflow.analysis.sankey import FATES, NO_LABEL, SankeyTable
from journeyflow.errors import SettingsError
from journeyflow.figures import palette
from journeyflow.figures.layout import base_layout
from journeyflow.figures.safe import LABEL_LENGTH, SafeFigure, clean, fill, safe_figure
from journeyflow.language import SMALLEST_SHARE_BASE, Language, words_in

MOST_LINKS = 1500
_NODE_WIDTH, _NODE_PAD, _TOP, _BOTTOM = 14, 17, 40, 12
_CLEAR = "rgba(0,0,0,0)"


def sankey(
    table: SankeyTable,
    *,
    groups: Mapping[str, str] | None = None,
    language: str | None = None,
) -> SafeFigure:
    """Draw a SankeyTable: widths are journeys, colours are groups or kinds, ends carry symbols.

    groups, language: instead of the table's own. Nodes carry `customdata` "n.<id>", links
    "l.<source>.<target>"; the last of each, without customdata, are not seen: they hold the
    place of the last labels. Raises SettingsError above 1,500 links, which nobody can read.
    """
    words = words_in(table.language if language is None else language)
    if len(table.links) > MOST_LINKS:
        raise SettingsError(
            f"The paths have {len(table.links)} links; more than {MOST_LINKS} cannot be read.",
            hint="Show fewer steps, or a smaller `top`.",
        )
    if table.total == 0:
        return _empty(words)
    colours = _colours(table.nodes, table.groups if groups is None else groups)
    nodes = table.nodes.assign(colour=colours)
    trace = {
        "type": "sankey",
        "arrangement": "fixed",
        "valueformat": ",.0f",
        "textfont": {"size": _room(table).font, "color": palette.TEXT, "shadow": "none"},
        "node": _nodes(nodes, table, words),
        "link": _links(nodes, table, words),
    }
    layout = base_layout(words) | {
        "height": _height(nodes),
        "margin": {"l": 4, "r": 4, "t": _TOP, "b": _BOTTOM},
        "annotations": _headings(table, words),
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
    return _room(table).pixels * len(_columns(table)) if table.total else 0


def _columns(table: SankeyTable) -> range:
    return range(int(table.nodes["step"].min()), int(table.nodes["step"].max()) + 1)


class _Room(NamedTuple):
    """Pixels from column to column, and what fits there: characters of a name, size of letters."""

    pixels: int
    name: int
    font: int


def _room(table: SankeyTable) -> _Room:
    # A page of the report has 1,180 pixels: six columns of full names, or eight of short ones.
    return _Room(190, LABEL_LENGTH, 12) if len(_columns(table)) <= 6 else _Room(145, 15, 11)


def _colours(nodes: pd.DataFrame, groups: Mapping[str, str]) -> list[str]:
    by_group = palette.group_colours(groups.values())
    colours = []
    for kind, label in zip(nodes["kind"], nodes["label"], strict=True):
        colour = palette.KIND[kind]
        if kind == "touchpoint" and groups:
            colour = by_group.get(groups.get(label, ""), palette.UNGROUPED)
        colours.append(colour)
    return colours


def _nodes(nodes: pd.DataFrame, table: SankeyTable, words: Language) -> dict[str, Any]:
    total, length = table.total, _room(table).name
    small = total < SMALLEST_SHARE_BASE
    labels = [
        fill(
            "{name} {share}",
            name=clean(node_name(kind, label, words), length),
            share=words.number(value) if small else words.share(value, total),
        )
        for kind, label, value in nodes[["kind", "label", "value"]].itertuples(index=False)
    ]
    unit = words.text("sankey.unit")
    return {
        # Journeys of different lengths stand under each other where they are counted from.
        "align": "left" if table.anchor == "start" else "right",
        "sort": "input",
        "pad": _NODE_PAD,
        "thickness": _NODE_WIDTH,
        "line": {"width": 0},
        "label": [*labels, ""],
        "color": [*nodes["colour"], _CLEAR],
        "customdata": [*(f"n.{name}" for name in nodes["id"]), ""],
        "hovertemplate": fill("%{{label}}<br>%{{value}} {unit}<extra></extra>", unit=unit),
    }


def _links(nodes: pd.DataFrame, table: SankeyTable, words: Language) -> dict[str, Any]:
    place = {name: position for position, name in enumerate(nodes["id"])}
    names = [node_name(k, n, words) for k, n in zip(nodes["kind"], nodes["label"], strict=True)]
    values, colours = list(nodes["value"]), list(nodes["colour"])
    ends = {k for k, kind in enumerate(nodes["kind"]) if kind in FATES}
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
    # Plotly writes the labels of the last column over those of the column before. So one more
    # column, of a node that nobody sees, stands after it.
    last = [k for k, step in enumerate(nodes["step"]) if step == nodes["step"].max()]
    none = [""] * len(last)
    return {
        "sort": "input",
        "source": source + last,
        "target": target + [len(nodes)] * len(last),
        "value": [*table.links["value"], *[1e-6] * len(last)],
        "color": [
            palette.band(colours[t] if t in ends else colours[s], 0.26 if t in ends else 0.34)
            for s, t in zip(source, target, strict=True)
        ]
        + [_CLEAR] * len(last),
        "label": hover + none,
        "customdata": [
            f"l.{s}.{t}" for s, t in zip(table.links["source"], table.links["target"], strict=True)
        ]
        + none,
        "hovertemplate": fill("%{{label}}<extra></extra>"),
    }


def _height(nodes: pd.DataFrame) -> int:
    most = int(nodes.groupby("step").size().max())
    return _TOP + _BOTTOM + max(420, 44 * most)


def _headings(table: SankeyTable, words: Language) -> list[dict[str, Any]]:
    columns = _columns(table)
    headings = []
    for place, step in enumerate(columns):
        if table.anchor == "end":
            text = words.text("sankey.step_back", n=table.steps + 1 - step)
            if place == 0:
                text = words.text("sankey.before")
            elif step == columns[-1]:
                text = words.text("sankey.outcome")
        elif step == columns[-1]:
            text = words.text("sankey.after", n=step - 1)
        else:
            text = words.text("sankey.step", n=step)
        share = place / len(columns)
        headings.append({
            "text": fill("<b>{text}</b>", text=text),
            "x": share, "y": 1, "xref": "paper", "yref": "paper",
            "xanchor": "left", "yanchor": "bottom",
            "xshift": -_NODE_WIDTH * share, "yshift": 10,
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
