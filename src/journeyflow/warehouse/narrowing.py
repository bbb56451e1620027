"""Narrowing: the same SQL over fewer rows, by views that have the names of its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import duckdb

from journeyflow.warehouse.models import load_models

LAYERS = ("events", "person")
OTHERS = {"landed_events": "private.main", "landed_identifiers": "private.main"} | {
    "settled_identifiers": "private.work"
}


@contextmanager
def narrowed(
    con: duckdb.DuckDBPyConnection, names: Iterable[str], to: str, by: str
) -> Iterator[None]:
    """For a while, let these kept tables show only the rows whose columns `by` stand in `to`."""
    with _shown(con, dict.fromkeys(names, f"semi join {to} using ({by})")):
        yield


@contextmanager
def resumed(
    con: duckdb.DuckDBPyConnection, numbered: Mapping[str, tuple[str, str]]
) -> Iterator[None]:
    """Show of these tables the rows from which on touched persons are made anew.

    In: table → its column that numbers the rows of a person, and the one of `touched_persons` that
    says how many come before.
    """
    later = "inner join touched_persons using (person_id) where kept.{} > {}"
    with _shown(con, {name: later.format(*columns) for name, columns in numbered.items()}):
        yield


@contextmanager
def _shown(con: duckdb.DuckDBPyConnection, parts: Mapping[str, str]) -> Iterator[None]:
    homes = OTHERS | {
        each.name: each.home for layer in LAYERS for each in load_models(layer) if each.is_kept
    }
    views = sorted(homes.keys() & parts.keys())
    for name in views:
        con.execute(
            f"create or replace temp view {name} as "
            f"select kept.* from {homes[name]}.{name} as kept {parts[name]}"
        )
    try:
        yield
    finally:
        for name in views:
            con.execute(f"drop view temp.{name}")
