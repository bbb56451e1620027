"""The layout of what is kept for good: how versions tell theirs apart, and take over earlier ones.

Landed rows and histories cannot be made anew from anything but exports that may be gone. So a
warehouse of an earlier version is brought to this one's layout where that only adds tables, macros
or columns that may be empty, and refused in any other case: nothing is ever misread.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache

import duckdb

from journeyflow.errors import EnvironmentFault
from journeyflow.warehouse.models import sql_root

TABLES = ("tables", "public_tables")
MACRO = re.compile(r"^create or replace temp macro (\w+)", re.MULTILINE)
REQUIRED = " not null"
# Layouts of before they were told in words -> what they lack of the present one.
FORMER = {
    "73c0d47ae45ec81846be84f433e34dfa92e5d9f7983ee8465afacffa920878ae": (
        "private.main.landed_links",
        "macro link_content",
    ),
}
Layout = dict[str, dict[str, str]]


def script(name: str) -> str:
    """The text of a script in `sql/private`."""
    return (sql_root() / "private" / f"{name}.sql").read_text(encoding="utf-8")


@cache
def layout() -> Layout:
    """What this version keeps: table → column → type; `macro NAME` → its text, as a digest."""
    with duckdb.connect() as con:
        for name in ("private", "warehouse"):
            con.execute(f"attach ':memory:' as {name}")
        for name in TABLES:
            con.execute(script(name))
        columns = con.execute(
            "select database_name || '.' || schema_name || '.' || table_name, column_name, "
            f"data_type || if(is_nullable, '', '{REQUIRED}') from duckdb_columns() "
            "where database_name in ('private', 'warehouse') order by all"
        ).fetchall()
    found: Layout = {}
    for table, column, kind in columns:
        found.setdefault(table, {})[column] = kind
    # What macros made is kept in landed rows.
    _, *macros = MACRO.split(script("hash_macros"))
    for name, text in zip(macros[::2], macros[1::2], strict=True):
        plain = " ".join(re.sub(r"--[^\n]*", "", text).split())
        found[f"macro {name}"] = {"text": hashlib.sha256(plain.encode()).hexdigest()}
    return found


def told_layout() -> str:
    """The layout as a warehouse keeps it among its facts."""
    return json.dumps(layout(), sort_keys=True)


def upgrades(con: duckdb.DuckDBPyConnection, database: str = "private") -> list[str]:
    """Statements that bring a warehouse to this layout; tables that it lacks are made already.

    `database` is the name under which `con` has private.duckdb. Raises EnvironmentFault where the
    layouts differ by more than additions, or it is not known how.
    """
    stored = con.execute(f"select value from {database}.facts where name = 'layout'").fetchall()
    if not stored:
        if con.execute(f"select 1 from {database}.ledger limit 1").fetchall():
            raise _refusal("it does not tell its layout")
        return []
    before = _read(stored[0][0])
    now = layout()
    unknown = sorted(before.keys() - now.keys())
    if unknown:
        raise _refusal(f"it has {', '.join(unknown)}, of which this version knows nothing")
    statements = []
    for name, parts in sorted(before.items()):
        for part, kind in sorted((parts | now[name]).items()):
            if parts.get(part) == now[name].get(part):
                continue
            if part in parts or kind.endswith(REQUIRED):
                found, expected = parts.get(part, "nothing"), now[name].get(part, "nothing")
                raise _refusal(f"{name}, {part}: found {found:.20}, expected {expected:.20}")
            statements.append(f'alter table {name} add column if not exists "{part}" {kind}')
    return statements


def _read(stored: str) -> Layout:
    if stored in FORMER:
        return {name: parts for name, parts in layout().items() if name not in FORMER[stored]}
    try:
        found: Layout = json.loads(stored)
    except json.JSONDecodeError:
        raise _refusal(f"its layout {stored[:8]} is not known") from None
    return found


def _refusal(why: str) -> EnvironmentFault:
    return EnvironmentFault(
        f"the warehouse was laid out by another version of journeyflow: {why}",
        "run the version that made it; or keep warehouse/secret.key, move the two .duckdb files in "
        "warehouse/ away and run: the exports that are still there are read again",
    )
