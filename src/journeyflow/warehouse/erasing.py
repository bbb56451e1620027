"""Erasing who is to be forgotten: from landed rows and from all tables.

`forget` only notes whom; whichever run opens the warehouse next does it, and does it again from the
beginning where it was interrupted, until a store without the person is published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from journeyflow.warehouse.database import quoted, tables_of, transaction, warehouse_dir
from journeyflow.warehouse.fingerprints import FORGETTING, FORGOTTEN
from journeyflow.warehouse.history import TABLES
from journeyflow.warehouse.layout import script
from journeyflow.warehouse.ledger import erase_rows
from journeyflow.warehouse.publishing import closed

if TYPE_CHECKING:
    from journeyflow.warehouse.run import Run

# The schemas of each database whose tables are made of rows.
MADE = {"private": ("work", "monthly"), "warehouse": ("main", "monthly")}
PERSONS = {"current_rows", "event_persons", "hubs", "person_identifiers", "tied_identifiers"}


def begin(run: Run) -> None:
    """Note that a person is to be erased; the note goes when older stores are gone."""
    run.con.execute(
        "insert or replace into private.facts values ($name, $run)",
        {"name": FORGETTING, "run": run.run_id},
    )


def erase(run: Run) -> None:
    """Erase the rows of all whose identifiers are noted, and every table that is made of rows."""
    if run.landed_fact(FORGETTING) is None:
        return
    run.progress("forgetting: erasing the rows of a person")
    con = run.con
    con.execute("create or replace temp table forgotten_person (person_id text)")
    if has_persons(con):
        con.execute(
            "insert into forgotten_person select distinct person_id from person_identifiers "
            "semi join forgotten_identifiers using (type, key) where not is_disputed"
        )
    find_rows(con)
    with transaction(con):
        erase_rows(con)
    _compact(run)


def has_persons(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether a run came so far as to know who is who."""
    return {table for schema, table in tables_of(con, "private") if schema == "work"} >= PERSONS


def find_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table `forgotten_rows` of `forgotten_identifiers` and `forgotten_person`."""
    if has_persons(con):
        con.execute(script("forgotten_rows"))
        return
    con.execute(
        "create or replace temp table forgotten_rows as select distinct ref "
        "from landed_identifiers semi join forgotten_identifiers using (type, key)"
    )


def _compact(run: Run) -> None:
    """Write both databases anew: what was deleted would stay in the pages of their files.

    Tables that the next run makes anew are left out, and so is the person from the histories.
    """
    con, folder = run.con, warehouse_dir(run.project.directory)
    present = tables_of(con, "private")
    for table, *columns in (
        ("person_changes", "old_person_id", "new_person_id"),
        ("settled_identifiers", "person_id"),
    ):
        for column in columns if ("work", table) in present else ():
            con.execute(
                f"delete from private.work.{table} "
                f"where {column} in (select person_id from forgotten_person)"
            )
    for database in ("private", "warehouse"):
        # All of a database or none: half of them would look like a warehouse that knows persons.
        with transaction(con):
            for schema, table in tables_of(con, database):
                if schema in MADE[database] and table not in (*TABLES, "runs"):
                    con.execute(f'drop table {database}.{schema}."{table}"')
    run.remember("building", FORGOTTEN)
    for name in ("private", "warehouse"):
        fresh = folder / f"{name}.fresh"
        fresh.unlink(missing_ok=True)
        con.execute(f"attach {quoted(fresh)} as fresh")
        con.execute(f"copy from database {name} to fresh")
        con.execute("detach fresh")
        with closed(con, run.project.directory, name):
            fresh.replace(folder / f"{name}.duckdb")
            (folder / f"{name}.duckdb.wal").unlink(missing_ok=True)
