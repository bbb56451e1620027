"""Looking at the warehouse without a trace, also while a run writes it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from journeyflow.errors import EnvironmentFault
from journeyflow.machine import machine_fault
from journeyflow.warehouse.database import CONFIG, half_made, quoted, tables_of, warehouse_dir
from journeyflow.warehouse.layout import script, upgrades
from journeyflow.warehouse.lock import LOCK_FILE, busy

COPIED = ("facts", "ledger", "seen_files")


@contextmanager
def unlocked(warehouse: Path) -> Iterator[None]:
    """Keep writers out for a moment and leave no mark; WarehouseBusyError while one is at work.

    The lock is shared: two who look do not keep each other out. Raises EnvironmentFault where its
    file cannot be opened.
    """
    path = warehouse / LOCK_FILE
    try:
        file = path.open(encoding="utf-8")
    except FileNotFoundError:  # no run ever began here, or the folder was moved away
        yield
        return
    except OSError as fault:
        raise machine_fault(fault) or fault from fault
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise busy(warehouse, file.read()) from None
        yield


@contextmanager
def ledger_copy(project_dir: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The ledger, what was seen where, and the facts: a copy in memory, under the same names.

    What a run asks of them can be asked of the copy, and whatever that writes is gone with it.
    Nothing is locked any more when the caller gets it. Raises WarehouseBusyError while a run is
    at work, EnvironmentFault where private.duckdb cannot be opened or is of another version.

    What a first run did not come to make is empty.
    """
    stored = warehouse_dir(project_dir) / "private.duckdb"
    with duckdb.connect(config=dict(CONFIG)) as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute("attach ':memory:' as private")
        con.execute(script("tables"))
        with unlocked(warehouse_dir(project_dir)):
            if stored.exists() and not half_made(stored):
                _copy(con, stored)
        yield con


@contextmanager
def private_opened(
    project_dir: Path, needed: frozenset[str]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The landed rows, the ledger and the tables beside them, to read; runs wait meanwhile.

    Unqualified names resolve as in a run. Raises WarehouseBusyError while a run is at work,
    EnvironmentFault where private.duckdb cannot be opened, is of another version, or has not yet
    all the tables `needed`.
    """
    stored = warehouse_dir(project_dir) / "private.duckdb"
    with duckdb.connect(config=dict(CONFIG)) as con, unlocked(warehouse_dir(project_dir)):
        con.execute("set TimeZone = 'UTC'")
        made: set[str] = set()
        try:
            if stored.exists() and not half_made(stored):
                con.execute(f"attach {quoted(stored)} as private (read_only)")
                made = {table for _, table in tables_of(con, "private")}
                _verify(con, "private", made)
            if not made.issuperset(needed):
                raise EnvironmentFault(
                    f"{stored}: no run has come so far as to make {min(needed - made)}",
                    f"run `journeyflow run {project_dir}` first",
                )
        except duckdb.Error as fault:
            raise machine_fault(fault, stored) or fault from fault
        con.execute("set search_path = 'private.work,private.main'")
        yield con


def _verify(con: duckdb.DuckDBPyConnection, database: str, made: set[str]) -> None:
    if {"facts", "ledger"} <= made:
        upgrades(con, database)


def _copy(con: duckdb.DuckDBPyConnection, stored: Path) -> None:
    try:
        con.execute(f"attach {quoted(stored)} as stored (read_only)")
        made = {table for _, table in tables_of(con, "stored")}
        _verify(con, "stored", made)
        for table in made.intersection(COPIED):
            con.execute(f"insert into private.{table} by name from stored.{table}")
        con.execute("detach stored")
    except duckdb.Error as fault:
        raise machine_fault(fault, stored) or fault from fault
