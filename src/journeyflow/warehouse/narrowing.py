"""Narrowing: the same SQL over fewer rows, by views that have the names of its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache

import duckdb

from journeyflow.warehouse.models import load_models


@cache
def homes() -> dict[str, str]:
    """The kept tables that can be narrowed → the schema that keeps them."""
    models = [*load_models("events"), *load_models("person")]
    return {
        "landed_events": "private.main",
        "landed_identifiers": "private.main",
        "landed_costs": "private.main",
        "landed_links": "private.main",
        "settled_identifiers": "private.work",
    } | {each.name: each.home for each in models if each.is_kept}


@contextmanager
def narrowed(
    con: duckdb.DuckDBPyConnection, names: Iterable[str], to: str, by: str
) -> Iterator[None]:
    """For a while, let these kept tables show only the rows whose columns `by` stand in `to`.

    Of the `names` those that are no kept tables stay as they are.
    """
    kept = homes().keys() & set(names)
    parts = {name: f"from {homes()[name]}.{name} semi join {to} using ({by})" for name in kept}
    with shown(con, parts):
        yield


@contextmanager
def resumed(
    con: duckdb.DuckDBPyConnection, numbered: Mapping[str, tuple[str, str]]
) -> Iterator[None]:
    """Show of these tables the rows from which on touched persons are made anew.

    In: table → its column that numbers the rows of a person, and the one of `touched_persons` that
    says how many come before.
    """
    parts = {
        name: f"select kept.* from {homes()[name]}.{name} as kept "
        f"inner join touched_persons using (person_id) where kept.{number} > {before}"
        for name, (number, before) in numbered.items()
    }
    with shown(con, parts):
        yield


@contextmanager
def shown(con: duckdb.DuckDBPyConnection, parts: Mapping[str, str]) -> Iterator[None]:
    """For a while, let these names show what the queries answer."""
    for name, query in sorted(parts.items()):
        con.execute(f"create or replace temp view {name} as {query}")
    try:
        yield
    finally:
        for name in sorted(parts):
            con.execute(f"drop view temp.{name}")
