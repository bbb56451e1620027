"""Real paths as a step-wise Sankey table in which no journey is ever missing.

Rare labels are renamed to "Other" per journey *before* counting, so that every column,
with the journeys that ended before it, sums to the total.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pandas as pd

from journeyflow.analysis.choosing import Moments, condition
from journeyflow.analysis.walks import ENDS
from journeyflow.errors import SettingsError
from journeyflow.warehouse.models import load_model

LEVELS = ("touchpoint", "channel", "page")
ANCHORS = ("start", "end")
FATES = ("continues", "converted", "open", "lost")
KINDS = ("touchpoint", "other", *FATES, "earlier", "begins")
# What a node is called that is no label of the data.
LABELS = {each: each.capitalize() for each in KINDS}
NO_LABEL = "(none)"


@dataclass(frozen=True)
class SankeyTable:
    """Nodes and links of step-wise paths; all counts are journeys.

    nodes: id (stable between runs), step (1 = first shown), label, kind (one of KINDS), value.
    links: source, target (ids of nodes), value (always above zero).
    total: the journeys that meet `where`, `start` and `end`. For every step k: the touchpoint
    and other nodes at k + the end nodes at steps up to k + the origin nodes at steps from k on
    = total. An end node stands one step after the journey's last; `continues` holds the journeys
    that have more steps than shown. Origin nodes are there only with anchor "end", one step
    before the journey's first: `earlier` holds the journeys that have more steps than shown.
    anchor: which end of the path the steps are counted from, "start" or "end".
    groups: {label: name of its group}, in the order that colours are given out.
    language: the language to draw it in.
    """

    nodes: pd.DataFrame
    links: pd.DataFrame
    total: int
    steps: int
    anchor: str = "start"
    groups: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"


def node_id(step: int, kind: str, label: str) -> str:
    """A short name for a node that depends only on what the node is."""
    text = f"{step}\x1f{kind}\x1f{label}"
    return hashlib.blake2s(text.encode(), digest_size=6).hexdigest()


def sankey_table(
    con: duckdb.DuckDBPyConnection,
    *,
    level: str = "touchpoint",
    steps: int = 5,
    top: int = 6,
    start: str | None = None,
    end: str | None = None,
    where: Mapping[str, object] | None = None,
    until: str = "conversion",
    anchor: str = "start",
    named: Sequence[str] = (),
    began: Moments = (None, None),
) -> SankeyTable:
    """Count the paths of the journeys in `con` (a published store).

    level: what a node is: touchpoint (steps), channel (touches) or page (events); channels and
    pages with their repeats in a row collapsed.
    steps, top: columns shown, and labels that keep their name in each column.
    start: count from the first occurrence of this label; end: stop at its first occurrence
    after start. Journeys without them are not in the total.
    where: {column of journeys: value or list of values}; see `journeyflow.analysis.choosing`.
    until: "conversion" stops at the step that holds the first conversion, "end" does not.
    anchor: "start" shows the first `steps` of every path, "end" the last.
    named: labels that keep their name however rare they are, before those that are frequent.
    began: journeys that started in [first, second).
    Raises SettingsError for a column, level, until, anchor, steps or top that does not exist.
    """
    _check(level, until, anchor, steps, top)
    chosen, values = condition(con, where or {}, began)
    binding = {
        "steps": steps, "top": top, "start_at": start, "end_at": end, "none": NO_LABEL,
        "until": until, "anchor": anchor, "named": list(named), **values,
    }  # fmt: skip
    try:
        rows = con.execute(_query(level, chosen), binding).fetchall()
    except duckdb.ConversionException as fault:
        raise SettingsError(
            "A value in `where` does not fit the type of its column in journeys.",
            hint=f"Filters given on: {', '.join(sorted(where or {}))}.",
        ) from fault
    return _table(rows, steps, anchor)


def _check(level: str, until: str, anchor: str, steps: int, top: int) -> None:
    choices = (("level", level, LEVELS), ("until", until, ENDS), ("anchor", anchor, ANCHORS))
    for name, value, allowed in choices:
        if value not in allowed:
            raise SettingsError(f"{name} is {value!r}; expected one of {', '.join(allowed)}.")
    for name, number in (("steps", steps), ("top", top)):
        if number < 1:
            raise SettingsError(f"{name} is {number}; expected 1 or more.")


def _query(level: str, chosen: str) -> str:
    """The paths of the `chosen` journeys (a condition), counted; each part a file in sql/paths."""
    # Steps are collapsed already, or on purpose not.
    parts = {"paths": level} if level == "touchpoint" else {"met": level, "paths": "collapsed"}
    named = [f"{name} as ({load_model('paths', file).sql})" for name, file in parts.items()]
    # Read three times: made anew each time, twelve thousand journeys take seconds, not a tenth.
    return (
        "with chosen as materialized "
        f"(select journey_id, outcome from journeys as j where {chosen}), "
        f"{', '.join(named)}, cut as materialized ({load_model('paths', 'cut').sql}) "
        f"select * from ({load_model('paths', 'sankey').sql})"
    )


def _table(rows: list[tuple[Any, ...]], steps: int, anchor: str) -> SankeyTable:
    order = {kind: position for position, kind in enumerate(KINDS)}
    nodes, links = [], []
    for part, step, kind, label, to_kind, to_label, value in rows:
        name = label or LABELS[kind]
        here = node_id(step, kind, name)
        if part == "node":
            nodes.append((here, step, name, kind, value))
        else:
            there = node_id(step + 1, to_kind, to_label or LABELS[to_kind])
            links.append((here, there, value))
    nodes.sort(key=lambda n: (n[1], order[n[3]], -n[4], n[2]))
    place = {node[0]: position for position, node in enumerate(nodes)}
    links.sort(key=lambda link: (place[link[0]], place[link[1]]))
    return SankeyTable(
        nodes=pd.DataFrame(nodes, columns=["id", "step", "label", "kind", "value"]),
        links=pd.DataFrame(links, columns=["source", "target", "value"]),
        total=sum(node[4] for node in nodes if node[3] in FATES),
        steps=steps,
        anchor=anchor,
    )
