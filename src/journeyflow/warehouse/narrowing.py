"""Narrowing: the same SQL over fewer rows, by views that have the names of its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache

import duckdb

from journeyflow.warehouse.models import load_models

# The column that numbers a table's rows within a person, and how many rows of a touched person come
# before the journey from which on they are made anew.
NUMBERED = (
    dict.fromkeys(
        (
            "person_events",
            "event_places",
            "touches",
            "steps",
            "conversion_claims",
            "conversions",
            "missed_calls",
            "complaints",
            "company_waits",
        ),
        ("event_number", "events_before"),
    )
    | dict.fromkeys(
        ("journeys", "journey_attributes", "stage_entries"), ("journey_number", "journeys_before")
    )
    | {"sessions": ("session_number", "sessions_before")}
)
# An order, a deal or a look-back reaches over journeys.
WHOLE = (
    "conversion_claims",
    "deal_ends",
    "deals",
    "listed_deals",
    "stage_stays",
    "conversion_touches",
    "person_figures",
)


@cache
def homes() -> dict[str, str]:
    """The kept tables that can be narrowed → the schema that keeps them."""
    models = [*load_models("events"), *load_models("person")]
    return {
        "landed_events": "private.main",
        "landed_identifiers": "private.main",
        "landed_costs": "private.main",
        "landed_feedback": "private.main",
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
def shown(con: duckdb.DuckDBPyConnection, parts: Mapping[str, str]) -> Iterator[None]:
    """For a while, let these names show what the queries answer."""
    for name, query in sorted(parts.items()):
        con.execute(f"create or replace temp view {name} as {query}")
    try:
        yield
    finally:
        for name in sorted(parts):
            con.execute(f"drop view temp.{name}")


def fresh_rows(name: str) -> str:
    """A query for the rows of a numbered table from which on touched persons were made anew.

    They are the rows that were put into it this night, so the table itself is not searched.
    """
    return from_there_on(name, f"fresh_{name}") if name in WHOLE else f"from fresh_{name}"


def from_there_on(name: str, rows: str) -> str:
    """Of `rows`, those of a numbered table: the touched persons' that are made anew."""
    return _touched_part(name, rows, ">")


def before_that(name: str, rows: str) -> str:
    """Of `rows`, those of a numbered table: the touched persons' that stay as they are."""
    return _touched_part(name, rows, "<=")


def _touched_part(name: str, rows: str, comparison: str) -> str:
    number, before = NUMBERED[name]
    return (
        f"select kept.* from {rows} as kept inner join touched_persons using (person_id) "
        f"where kept.{number} {comparison} {before}"
    )
