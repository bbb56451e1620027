"""Real paths as a step-wise Sankey table in which no journey is ever missing.

Rare labels are renamed to "Other" per journey *before* counting, so that every column,
with the journeys that ended before it, sums to the total.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import pandas as pd

from journeyflow.errors import SettingsError

LEVELS = ("touchpoint", "channel", "page")
ENDS = ("conversion", "end")
KINDS = ("touchpoint", "other", "continues", "converted", "open", "lost")
NO_LABEL = "(none)"


@dataclass(frozen=True)
class SankeyTable:
    """Nodes and links of step-wise paths; all counts are journeys.

    nodes: id (stable between runs), step (1 = first shown), label, kind (one of KINDS), value.
    links: source, target (ids of nodes), value (always above zero).
    total: the journeys that meet `where`, `start` and `end`. For every step k: the touchpoint
    and other nodes at k + the end nodes at steps up to k = total. An end node stands one step
    after the journey's last; `continues` holds the journeys that have more steps than shown.
    """

    nodes: pd.DataFrame
    links: pd.DataFrame
    total: int
    steps: int


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
    began: tuple[datetime | None, datetime | None] = (None, None),
) -> SankeyTable:
    """Count the paths of the journeys in `con` (tables journeys, steps, events).

    level: what a node is: touchpoint (steps), channel (journeys.channel_path) or page (events);
    channels and pages with their repeats in a row collapsed.
    steps, top: columns shown, and labels that keep their name in each column.
    start: count from the first occurrence of this label; end: stop at its first occurrence
    after start. Journeys without them are not in the total.
    where: {column of journeys: value or list of values}; None matches NULL.
    until: "conversion" stops at the step that holds the first conversion, "end" does not.
    began: journeys that started in [first, second).
    Raises SettingsError for a column, level, until, steps or top that does not exist.
    """
    _check(level, until, steps, top)
    condition, values = _conditions(con, where or {})
    query = _COUNT.format(paths=_paths(level, until), condition=condition)
    binding = {
        "steps": steps, "top": top, "start": start, "end": end, "none": NO_LABEL,
        "began_from": began[0], "began_before": began[1], **values,
    }  # fmt: skip
    try:
        rows = con.execute(query, binding).fetchall()
    except duckdb.ConversionException as fault:
        raise SettingsError(
            "A value in `where` does not fit the type of its column in journeys.",
            hint=f"Filters given on: {', '.join(sorted(where or {}))}.",
        ) from fault
    return _table(rows, steps)


def _check(level: str, until: str, steps: int, top: int) -> None:
    for name, value, allowed in (("level", level, LEVELS), ("until", until, ENDS)):
        if value not in allowed:
            raise SettingsError(f"{name} is {value!r}; expected one of {', '.join(allowed)}.")
    for name, number in (("steps", steps), ("top", top)):
        if number < 1:
            raise SettingsError(f"{name} is {number}; expected 1 or more.")


def _conditions(
    con: duckdb.DuckDBPyConnection, where: Mapping[str, object]
) -> tuple[str, dict[str, Any]]:
    types = dict(row[:2] for row in con.execute("describe journeys").fetchall())
    nested = ("STRUCT", "MAP", "UNION", "JSON", "VARIANT")
    scalar = sorted(
        column
        for column, kind in types.items()
        if not kind.endswith("]") and not kind.startswith(nested)
    )
    parts: list[str] = ["true"]
    values: dict[str, Any] = {}
    for position, (column, wanted) in enumerate(where.items()):
        if column not in scalar:
            raise SettingsError(
                f"journeys cannot be filtered by {column!r}.",
                hint=f"Columns to filter by: {', '.join(scalar)}.",
            )
        given = list(wanted) if isinstance(wanted, list | tuple | set | frozenset) else [wanted]
        known = [value for value in given if value is not None]
        either = ["false"]
        if known:
            # Bound one by one: a mixed list has no common type to unnest.
            names = [f"where_{position}_{i}" for i in range(len(known))]
            values.update(zip(names, known, strict=True))
            either.append(f'j."{column}" in ({", ".join("$" + name for name in names)})')
        if len(known) < len(given):
            either.append(f'j."{column}" is null')
        parts.append(f"({' or '.join(either)})")
    return " and ".join(parts), values


def _paths(level: str, until: str) -> str:
    whole = until == "end"
    if level == "touchpoint":
        return _STEP_PATHS.format(which="true" if whole else "not after_conversion")
    if level == "page":
        return _EVENT_PATHS.format(column="page", which="true" if whole else _BEFORE)
    # journeys.channel_path knows no times, so what follows a conversion is cut by the events.
    cut = "" if whole else "and c.converted_at is null"
    before = "false" if whole else "c.converted_at is not null and e.occurred_at <= c.converted_at"
    return f"""
        select journey_id, list_filter(channel_path,
            lambda x, i: i = 1 or x is distinct from channel_path[i - 1]) as path
        from chosen c where true {cut}
        union all
        {_EVENT_PATHS.format(column="channel", which=before)}"""


def _table(rows: list[tuple[Any, ...]], steps: int) -> SankeyTable:
    order = {kind: position for position, kind in enumerate(KINDS)}
    nodes = [
        (node_id(step, kind, label), step, label, kind, value)
        for part, step, kind, label, _, _, value in rows
        if part == "node"
    ]
    nodes.sort(key=lambda n: (n[1], order[n[3]], -n[4], n[2]))
    place = {node[0]: position for position, node in enumerate(nodes)}
    links = [
        (node_id(step, kind, label), node_id(step + 1, to_kind, to_label), value)
        for part, step, kind, label, to_kind, to_label, value in rows
        if part == "link"
    ]
    links.sort(key=lambda link: (place[link[0]], place[link[1]]))
    return SankeyTable(
        nodes=pd.DataFrame(nodes, columns=["id", "step", "label", "kind", "value"]),
        links=pd.DataFrame(links, columns=["source", "target", "value"]),
        total=sum(node[4] for node in nodes if node[1] == 1),
        steps=steps,
    )


_BEFORE = "e.occurred_at <= c.converted_at or c.converted_at is null"

_STEP_PATHS = """
    select s.journey_id, list(s.touchpoint order by s.step_number) as path
    from steps s semi join chosen c on c.journey_id = s.journey_id
    where {which} group by s.journey_id"""

_EVENT_PATHS = """
    select journey_id, list(label order by occurred_at, source, line, event_id) as path
    from (
        select e.journey_id, e.{column} as label, e.occurred_at, e.source, e.line, e.event_id,
            lag(e.{column}) over (
                partition by e.journey_id order by e.occurred_at, e.source, e.line, e.event_id
            ) as label_before
        from events e join chosen c on c.journey_id = e.journey_id
        where e.{column} is not null and ({which})
    )
    where label is distinct from label_before
    group by journey_id"""

_COUNT = """
with chosen as materialized (
    select * from journeys j
    where {condition}
      and ($began_from::timestamptz is null or j.started_at >= $began_from::timestamptz)
      and ($began_before::timestamptz is null or j.started_at < $began_before::timestamptz)
),
labelled as (
    select c.journey_id, c.outcome,
        case when coalesce(len(p.path), 0) = 0 then [$none]
             else list_transform(p.path, lambda x: coalesce(x, $none)) end as path
    from chosen c left join ({paths}) p on p.journey_id = c.journey_id
),
started as (
    select journey_id, outcome,
        case when $start::varchar is null then path
             else path[list_position(path, $start::varchar):] end as path
    from labelled
    where $start::varchar is null or list_contains(path, $start::varchar)
),
ended as (
    -- The start itself is not its own end: with start = end the next occurrence counts.
    select journey_id, outcome, path, len(path) as whole,
        case when $end::varchar is null then len(path)
             when $start::varchar is null then list_position(path, $end::varchar)
             else 1 + list_position(path[2:], $end::varchar) end as length
    from started
),
shown as materialized (
    select journey_id, unnest(path[:least(length, $steps)]) as label,
        unnest(range(1, least(length, $steps) + 1)) as step
    from ended where length is not null and length > 0
),
ranked as (
    select step, label, row_number() over (
        partition by step order by count(*) desc, label) as place
    from shown group by step, label
),
placed as materialized (
    select s.journey_id, s.step,
        case when r.place <= $top then 'touchpoint' else 'other' end as kind,
        case when r.place <= $top then s.label else 'Other' end as label
    from shown s join ranked r on r.step = s.step and r.label = s.label
    union all
    select journey_id, least(length, $steps) + 1,
        case when length > $steps or length < whole then 'continues' else outcome end as kind,
        case when length > $steps or length < whole then 'Continues'
             else upper(outcome[1]) || outcome[2:] end
    from ended where length is not null and length > 0
)
select 'node', step, kind, label, null, null, count(*) from placed group by step, kind, label
union all
select 'link', a.step, a.kind, a.label, b.kind, b.label, count(*)
from placed a join placed b on b.journey_id = a.journey_id and b.step = a.step + 1
group by all
"""
