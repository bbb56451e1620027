"""Which journeys an analysis is about: those that meet conditions on their columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Any

import duckdb

from journeyflow.analysis.pattern_search import known_names, matching
from journeyflow.analysis.patterns import parse
from journeyflow.errors import SettingsError

Moments = tuple[datetime | None, datetime | None]
NESTED = ("STRUCT", "MAP", "UNION", "JSON", "VARIANT")
ATTRIBUTE = "attributes."
# What can be asked of a journey although no column says it.
DERIVED = {
    "returning": "j.journey_number > 1",
    "persona": "select p.persona from journey_personas as p where p.journey_id = j.journey_id",
}
# Segments that journeys are mostly told apart by.
STRATA = ("first_channel", "device", "region", "returning")


@dataclass(frozen=True)
class Choice:
    """What journeys must be: `where` and `began` as in `condition`, `matching` a pattern."""

    where: Mapping[str, object] = field(default_factory=dict)
    began: Moments = (None, None)
    matching: str | None = None


def check(con: duckdb.DuckDBPyConnection, choice: Choice) -> None:
    """Raise SettingsError where the choice names what does not exist, without looking for any."""
    condition(con, choice.where, choice.began)
    if choice.matching is not None:
        parse(choice.matching, known_names(con, "touchpoint"), known_names(con, "stage"))


def conditions(
    con: duckdb.DuckDBPyConnection, choices: Iterable[Choice]
) -> tuple[str, dict[str, Any]]:
    """A condition on `journeys as j` that meets all choices, and the values of its parameters.

    The journeys that match patterns are looked for at once; temporary tables of `con` hold them.
    """
    parts: list[str] = ["true"]
    values: dict[str, Any] = {}
    for number, choice in enumerate(choices):
        asked, found = condition(con, choice.where, choice.began, f"chosen_{number}_")
        parts.append(asked)
        values |= found
        if choice.matching is not None:
            matching(con, choice.matching, into=f"matching_{number}")
            parts.append(f"j.journey_id in (select journey_id from matching_{number})")
    return " and ".join(parts), values


def condition(
    con: duckdb.DuckDBPyConnection, where: Mapping[str, object], began: Moments, prefix: str = ""
) -> tuple[str, dict[str, Any]]:
    """A condition on `journeys as j`, and the values of its parameters, which begin with `prefix`.

    where: {column: value or list of values}; None matches NULL. A column is one of `journeys` with
    a single value, `returning` (not the person's first journey), `persona` (its number), or
    `attributes.NAME`.
    began: journeys that started in [first, second).
    Raises SettingsError for a column that does not exist.
    """
    parts: list[str] = ["true"]
    values: dict[str, Any] = {}
    for bound, moment, sign in zip(("began_from", "began_before"), began, (">=", "<"), strict=True):
        if moment is not None:
            parts.append(f"j.started_at {sign} ${prefix}{bound}::timestamptz")
            values[prefix + bound] = moment
    for position, (column, wanted) in enumerate(where.items()):
        asked = expression(con, column, f"{prefix}attribute_{position}", values)
        given = list(wanted) if isinstance(wanted, list | tuple | set | frozenset) else [wanted]
        known = [value for value in given if value is not None]
        either = ["false"]
        if known:
            # Bound one by one: a mixed list has no common type to unnest.
            names = [f"{prefix}where_{position}_{i}" for i in range(len(known))]
            values.update(zip(names, known, strict=True))
            either.append(f"{asked} in ({', '.join('$' + name for name in names)})")
        if len(known) < len(given):
            either.append(f"{asked} is null")
        parts.append(f"({' or '.join(either)})")
    return " and ".join(parts), values


def expression(
    con: duckdb.DuckDBPyConnection, column: str, parameter: str, values: dict[str, Any]
) -> str:
    """What `column` is of `journeys as j`; the name of an attribute is put into `values`.

    Raises SettingsError for a column that does not exist.
    """
    if column.startswith(ATTRIBUTE):
        values[parameter] = column.removeprefix(ATTRIBUTE)
        return f"j.attributes[${parameter}]"
    if column in DERIVED:
        return f"({DERIVED[column]})"
    names = columns(con)
    if column not in names:
        near = get_close_matches(column, names, n=1)
        raise SettingsError(
            f"journeys cannot be filtered by {column!r}.",
            hint=(f"Did you mean {near[0]!r}? " if near else "")
            + f"Columns to filter by: {', '.join(names)}; attributes as {ATTRIBUTE}NAME.",
        )
    return f'j."{column}"'


def columns(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The columns of journeys that hold a single value, and the derived ones."""
    types = dict(row[:2] for row in con.execute("describe journeys").fetchall())
    single = [
        column
        for column, kind in types.items()
        if not kind.endswith("]") and not kind.startswith(NESTED)
    ]
    return sorted([*single, *DERIVED])
