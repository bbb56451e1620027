"""A store of some journeys alone: the same tables, by the same SQL.

Of a published store the names of its tables are made to show what belongs to the chosen journeys.
What is told of each journey is filtered; what is counted over everyone is counted anew, by the
models that a run uses. So a segment, a period or a pattern has every figure that the whole has, and
no second definition of any.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from journeyflow.errors import SettingsError
from journeyflow.warehouse.models import Model, create_temp, in_order, load_models, over_everyone

CHOSEN = "chosen_journeys"
# Tables whose rows belong to journeys through another table → the rows of theirs that do.
THROUGH = {
    "sessions": "semi join (from {main}.events semi join {chosen} using (journey_id)) "
    "using (session_id)",
    "conversion_touches": "semi join (from {main}.conversions semi join {chosen} "
    "using (journey_id)) using (conversion_id)",
    "persons": "semi join (from {main}.journeys semi join {chosen} using (journey_id)) "
    "using (person_id)",
}
# What holds for every choice of journeys.
COMMON = frozenset(
    {
        "calendars",
        "expected_journeys",
        "kind_roles",
        "project",
        "source_coverage",
        "stage_coverage",
        "stages",
        "working_hours",
    }
)


def narrow(con: duckdb.DuckDBPyConnection, journeys: str, values: Mapping[str, Any]) -> None:
    """Let `con`, a cursor of a published store, show the journeys that `journeys` asks for.

    In: a query for their journey_id, and the values of its parameters. From then on the names of
    tables with a journey in each row, and of `sessions`, `conversion_touches` and `persons`, show
    the rows of these journeys; `prepare` makes the others.
    """
    ((database,),) = con.execute("select current_database()").fetchall()
    main = f'"{database}".main'
    con.execute(f"create temp table {CHOSEN} as {journeys}", values)
    told = con.execute(
        "select distinct table_name from duckdb_columns() where database_name = $database "
        "and schema_name = 'main' and column_name = 'journey_id'",
        {"database": database},
    ).fetchall()
    parts = {name: f"semi join {CHOSEN} using (journey_id)" for (name,) in told}
    parts |= {name: how.format(main=main, chosen=CHOSEN) for name, how in THROUGH.items()}
    for name, how in sorted(parts.items()):
        con.execute(f"create temp view {name} as from {main}.{name} {how}")


def prepare(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Make the tables that `sql` reads and that are counted over everyone, of these journeys.

    Raises SettingsError where it reads a table that is not made of journeys alone.
    """
    counted = {each.name for each in over_everyone() if each.of_journeys}
    views = con.execute("select view_name from duckdb_views() where temporary and not internal")
    able = counted | COMMON | {name for (name,) in views.fetchall()}
    read = _read(sql)
    told = con.execute("select table_name from duckdb_tables() where not temporary").fetchall()
    others = sorted(name for name in read if "." in name or ((name,) in told and name not in able))
    if others:
        raise SettingsError(
            f"{others[0]} is not made of journeys alone, so it cannot be asked of some of them.",
            hint=f"Tables that can: {', '.join(sorted(able))}.",
        )
    make(con, read)


def make(con: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
    """Make those of the tables over everyone, and what they are made from."""
    able = {each.name: each for each in over_everyone() if each.of_journeys}
    able |= {each.name: each for each in load_models("person") if each.internal}
    wanted: dict[str, Model] = {}
    asked = [name for name in names if name in able]
    while asked:
        model = able[asked.pop()]
        wanted[model.name] = model
        asked += [name for name in model.inputs if name in able and name not in wanted]
    if wanted:
        # A store tells owners with their touchpoints, and has no table of the rules.
        ((database,),) = con.execute("select current_database()").fetchall()
        con.execute(
            "create or replace temp view touchpoint_owners as select touchpoint, owner "
            f'from "{database}".main.touchpoints where owner is not null'
        )
        ((until, lost_after_s),) = con.execute(
            "select observed_until, lost_after_s from project"
        ).fetchall()
        values = {"observed_until": until, "lost_after_us": lost_after_s * 1_000_000}
        create_temp(con, in_order(wanted.values()), values)


def _read(sql: str) -> set[str]:
    """The names of the tables that a query reads, with their schema where it names one."""
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except SqlglotError as fault:
        raise SettingsError(
            "Which tables the query reads cannot be told, so it cannot be asked of some journeys.",
            hint="Ask it in plainer SQL, or of the whole store.",
        ) from fault
    defined = {each.alias_or_name for each in tree.find_all(exp.CTE)}
    tables = [table for table in tree.find_all(exp.Table) if table.name]
    return {f"{each.db}.{each.name}" if each.db else each.name for each in tables} - defined
