"""The writer's connection: warehouse.duckdb with private.duckdb beside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from journeyflow.errors import SettingsError
from journeyflow.identity.forgotten import forgotten_identifiers
from journeyflow.identity.keys import Secret
from journeyflow.machine import machine_fault
from journeyflow.warehouse.layout import TABLES, script, told_layout, upgrades

# What DuckDB may use at least and at most, in MB; Python and Arrow come on top.
LEAST_MEMORY, MOST_MEMORY = 1050, 3000
MEMORY_VARIABLE = "JOURNEYFLOW_MEMORY_LIMIT"
UNITS = {"KiB": 1 / 1024, "MiB": 1, "GiB": 1024, "TiB": 1 << 20}
# A database of DuckDB begins with three blocks that say what it is.
HEADERS, MAGIC = 3 * 4096, b"DUCK"
MACROS = (
    "hash_macros",
    "landing_macros",
    "time_macros",
    "cost_macros",
    "address_macros",
    "ga4_macros",
    "metrica_cell_macros",
    "metrica_macros",
    "crm_macros",
    "order_macros",
    "feedback_macros",
    "call_macros",
    "event_macros",
)
CONFIG = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


def warehouse_dir(project_dir: Path) -> Path:
    """The folder of the writer's databases."""
    return project_dir / "warehouse"


@contextmanager
def writer(project_dir: Path, secret: Secret) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open both databases for writing; the caller holds the lock.

    Unqualified names resolve to the tables of this run first, then to the public ones, to the
    internal ones, and to the landed rows. Raises SettingsError where `secret` is not the key
    that they were made with, or that persons were forgotten under.
    """
    forgotten = forgotten_identifiers(project_dir, secret)
    folder = warehouse_dir(project_dir)
    scratch = folder / "scratch"
    folder.mkdir(parents=True, exist_ok=True)
    # A killed run leaves its unpacked exports behind, with everything that stands in them.
    shutil.rmtree(scratch, ignore_errors=True)
    for path in (folder / f"{name}.duckdb" for name in ("warehouse", "private")):
        if half_made(path):
            path.unlink()
    con = duckdb.connect(config=dict(CONFIG))
    try:
        con.execute("set enable_progress_bar = false")  # on where Python has no script: python -c
        # No model relies on an order that it does not ask for, and so both cores may write.
        con.execute("set preserve_insertion_order = false")
        con.execute("set TimeZone = 'UTC'")
        con.execute(f"set temp_directory = {quoted(scratch)}")
        # Beyond it DuckDB spills to disk.
        memory = memory_limit(con)
        con.execute(f"set memory_limit = '{memory}'")
        # Pages that were given back would have to be filled with zeros before they come again.
        con.execute(f"set block_allocator_memory = '{memory}'")
        # Both are attached, so that publishing can close the one and keep the connection.
        attach(con, folder, "warehouse")
        attach(con, folder, "private")
        for name in TABLES:
            con.execute(script(name))
        _verify(con, secret)
        for statement in upgrades(con):
            con.execute(statement)
        told = {"v": told_layout()}
        con.execute("insert or replace into private.facts values ('layout', $v)", told)
        con.execute("set search_path = 'warehouse.main,private.work,private.main'")
        for name in MACROS:
            con.execute(script(name))
        # The salt stays in a variable of this connection and out of every stored statement.
        con.execute("set variable salt = $salt", {"salt": secret.salt})
        con.execute("create temp table forgotten_identifiers (type text, key uuid)")
        if forgotten:
            con.executemany("insert into forgotten_identifiers values ($1, $2)", forgotten)
        yield con
    finally:
        con.close()


def memory_limit(con: duckdb.DuckDBPyConnection) -> str:
    """What DuckDB may use before it spills to disk.

    What `JOURNEYFLOW_MEMORY_LIMIT` says (`2GB`); else a sixth of what DuckDB would take by itself:
    80 % of the machine's, or the container's. Raises SettingsError for what is no such size.
    """
    asked = os.environ.get(MEMORY_VARIABLE)
    if asked:
        try:
            con.execute("set memory_limit = $asked", {"asked": asked})
        except duckdb.Error:
            message = f"{MEMORY_VARIABLE}: expected a size such as 2GB, found {asked!r}"
            raise SettingsError(message, "unset it to leave the choice to journeyflow") from None
        return asked
    told = con.execute("select current_setting('memory_limit')").fetchall()[0][0]
    number, unit = told.split()
    sixth = round(float(number) * UNITS.get(unit, 0) / 6)
    return f"{min(max(sixth, LEAST_MEMORY), MOST_MEMORY)}MB"


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All that happens within, or nothing of it."""
    con.execute("begin transaction")
    try:
        yield
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise


def attach(con: duckdb.DuckDBPyConnection, folder: Path, name: str) -> None:
    """Open the database `name` in `folder`; EnvironmentFault where that cannot be."""
    path = folder / f"{name}.duckdb"
    try:
        con.execute(f"attach {quoted(path)} as {name}")
    except duckdb.Error as fault:
        raise machine_fault(fault, path) or fault from fault


def tables_of(con: duckdb.DuckDBPyConnection, database: str) -> list[tuple[str, str]]:
    """(schema, table) of all tables of an attached database."""
    return con.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = $name",
        {"name": database},
    ).fetchall()


def half_made(path: Path) -> bool:
    """Whether DuckDB was killed while it made this database: nothing can stand in it yet."""
    if not path.is_file() or path.stat().st_size >= HEADERS:
        return False
    if path.with_name(f"{path.name}.wal").exists():
        return False
    start = path.read_bytes()
    return not start or start[8:12] == MAGIC


def quoted(path: Path) -> str:
    """The path as a SQL text."""
    text = str(path).replace("'", "''")
    return f"'{text}'"


def key_check(con: duckdb.DuckDBPyConnection) -> str | None:
    """What the rows' key was noted by; None before the first run."""
    found = con.execute("select value from private.facts where name = 'key_check'").fetchall()
    return found[0][0] if found else None


def _verify(con: duckdb.DuckDBPyConnection, secret: Secret) -> None:
    stored = key_check(con)
    if stored:
        secret.verify(stored)
    else:
        con.execute("insert into private.facts values ('key_check', $v)", {"v": secret.check_value})
