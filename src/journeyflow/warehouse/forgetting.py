"""Forgetting a person: from landed rows, all tables, and the stores that are still kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from journeyflow.errors import SettingsError
from journeyflow.identity.forgotten import remember_to_forget
from journeyflow.identity.normalise import Rejected, normalise_cell
from journeyflow.warehouse.database import quoted, script, transaction, warehouse_dir
from journeyflow.warehouse.fingerprints import FORGOTTEN
from journeyflow.warehouse.history import TABLES
from journeyflow.warehouse.ledger import erase_rows
from journeyflow.warehouse.publishing import closed, published_stores
from journeyflow.warehouse.run import Run, open_run, run

# Kept among the facts until the last trace is gone: who falls in between says the command again.
BEGUN = "forgetting"
IDENTIFIERS = """
select type, key::text as key from person_identifiers anti join hubs using (type, key)
where person_id = $person_id and not is_disputed
union select type, key::text from tied_identifiers where person_id = $person_id
"""


@dataclass
class Erased:
    """What was erased, or would be: numbers of identifiers by type, and of rows by source."""

    identifiers: Counter[str] = field(default_factory=Counter)
    rows: dict[str, int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    stores: list[Path] = field(default_factory=list)


def forget(
    directory: Path | str,
    type: str,
    value: str,
    *,
    dry_run: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Erased:
    """Erase the person whom an identifier stands for, and keep them from coming back.

    In: the identifier as exports spell it. A `dry_run` only tells what would be erased. Raises
    SettingsError for a value that identifies nobody or several persons. The exports themselves
    are left as they are.
    """
    directory = Path(directory)
    with open_run(directory, progress=progress) as state:
        known = _known(state, type, value)
        erased = _look(state, known)
        if dry_run:
            return erased
        remember_to_forget(state.project.directory, state.secret, known)
        begun_before = state.landed_fact(BEGUN) is not None
        if not erased.rows and not begun_before:
            return erased
        with transaction(state.con):
            erase_rows(state.con)
            state.con.execute(
                "insert or replace into private.facts values ($name, $run)",
                {"name": BEGUN, "run": state.run_id},
            )
        _compact(state)
    result = run(directory, progress=progress)
    erased.stores = [each for each in published_stores(directory) if each != result.store]
    for store in erased.stores:
        store.unlink()
    with open_run(directory) as state:
        state.con.execute("delete from private.facts where name = $name", {"name": BEGUN})
    return erased


def _known(state: Run, type: str, value: str) -> list[tuple[str, str]]:
    """(type, key) of the identifier and of all others that are that person's alone."""
    spelled = normalise_cell(type, value, state.project.identity.region)
    faults = [each.reason for each in spelled if isinstance(each, Rejected)]
    if faults or not spelled:
        found = ", ".join(faults) or "no value"
        raise SettingsError(
            f"--identifier {type}=…: this value identifies nobody ({found})",
            hint="give it as the export spells it, e-mails and phones in any usual form",
        )
    keys = [
        (type, state.secret.key(type, each.value))
        for each in spelled
        if not isinstance(each, Rejected)
    ]
    state.con.execute("create or replace temp table asked (type text, key uuid)")
    state.con.executemany("insert into asked values ($1, $2)", keys)
    state.con.execute("create or replace temp table forgotten_person (person_id text)")
    if not _has_persons(state.con):
        return keys
    persons = state.con.execute(
        "select distinct person_id, is_disputed from person_identifiers "
        "semi join asked using (type, key)"
    ).fetchall()
    shared = state.scalar("select count(*) from hubs semi join asked using (type, key)")
    if shared or len(persons) > 1 or any(disputed for _, disputed in persons):
        raise SettingsError(
            f"--identifier {type}=…: several persons share this identifier",
            hint="give one that is the person's alone, such as an e-mail or an account",
        )
    for person_id, _ in persons:
        state.con.execute("insert into forgotten_person values ($1)", [person_id])
        keys += state.con.execute(IDENTIFIERS, {"person_id": person_id}).fetchall()
    return sorted({(each, key.replace("-", "")) for each, key in keys})


def _has_persons(con: duckdb.DuckDBPyConnection) -> bool:
    return bool(
        con.execute(
            "select 1 from duckdb_tables() where database_name = 'private' "
            "and schema_name = 'work' and table_name = 'tied_identifiers'"
        ).fetchall()
    )


def _look(state: Run, known: list[tuple[str, str]]) -> Erased:
    """Which landed rows are the person's; the temporary table `forgotten_rows` holds them."""
    con = state.con
    con.executemany("insert into forgotten_identifiers values ($1, $2)", known)
    erased = Erased(Counter(type for type, _ in known))
    if not _has_persons(con):
        return erased
    person = state.scalar("select person_id from forgotten_person")
    con.execute(script("forgotten_rows"), {"person_id": person})
    files = set()
    for source, file, rows in con.execute(
        "select source, file, count(*) from forgotten_rows inner join ledger "
        "on ref >> 36 = file_id group by source, file order by source"
    ).fetchall():
        erased.rows[source] = erased.rows.get(source, 0) + rows
        files.add(file)
    erased.files = sorted(files)
    return erased


def _compact(state: Run) -> None:
    """Write both databases anew: what was deleted would stay in the pages of their files.

    Tables that the next run makes anew are left out, and so is the person from the histories.
    """
    con, folder = state.con, warehouse_dir(state.project.directory)
    for table, *columns in (
        ("person_changes", "old_person_id", "new_person_id"),
        ("settled_identifiers", "person_id"),
    ):
        for column in columns:
            con.execute(
                f"delete from private.work.{table} "
                f"where {column} in (select person_id from forgotten_person)"
            )
    tables = con.execute(
        "select database_name, schema_name, table_name from duckdb_tables() where "
        "(database_name, schema_name) in (('private', 'work'), ('private', 'monthly'), "
        "('warehouse', 'main'), ('warehouse', 'monthly')) "
        "and table_name not in (select unnest($kept::text[]))",
        {"kept": [*TABLES, "runs"]},
    ).fetchall()
    for database, schema, table in tables:
        con.execute(f'drop table {database}.{schema}."{table}"')
    state.remember("building", FORGOTTEN)
    for name in ("private", "warehouse"):
        fresh = folder / f"{name}.fresh"
        fresh.unlink(missing_ok=True)
        con.execute(f"attach {quoted(fresh)} as fresh")
        con.execute(f"copy from database {name} to fresh")
        con.execute("detach fresh")
        with closed(con, state.project.directory, name):
            fresh.replace(folder / f"{name}.duckdb")
            (folder / f"{name}.duckdb.wal").unlink(missing_ok=True)
