"""Checks of ledger, files and published tables as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb

from journeyflow._version import __version__
from journeyflow.doctor.finding import Finding, named
from journeyflow.errors import SettingsError
from journeyflow.project import Project
from journeyflow.report.context import records
from journeyflow.status import arrivals, to_be_read
from journeyflow.store import Store
from journeyflow.warehouse.fingerprints import FORGETTING, code_of, fingerprint
from journeyflow.warehouse.keys import KEYS
from journeyflow.warehouse.warnings import unclaimed_files

EXAMINED = ("events", "persons", "sessions", "journeys", "steps", "conversions")
REBUILD = "journeyflow run --full-refresh; where that does not help, please report it"


def ledger(con: duckdb.DuckDBPyConnection, project: Project) -> Finding:
    """Files that were read and are gone: their landed rows suffice, so that this is only said."""
    files = con.execute("select distinct file from private.ledger").fetchall()
    gone = [file for (file,) in files if not (project.directory / file).is_file()]
    found = f"{len(gone)} of {len(files)} files that were read are gone from the disk"
    found += f", and are not needed again: {named(gone)}" if gone else ""
    return Finding("files", "ledger", "fine", found)


def pending(con: duckdb.DuckDBPyConnection, project: Project) -> Iterator[Finding]:
    """When the latest file of each source arrived, and what the next run reads, or refuses."""
    arrived = arrivals(con)
    for source in project.sources:
        moment = arrived.get(source.name)
        found = f"latest file arrived {project.told_at(moment)}" if moment else "no file read yet"
        yield Finding("arrived", source.name, "fine", found)
    try:
        files, again = to_be_read(con, project)
    except SettingsError as fault:
        expected, mend = "files that the next run can read", fault.hint or ""
        yield Finding("files", "pending", "wrong", fault.message, expected, mend)
        return
    found = f"{len(files) - len(again)} new files to be read by the next run"
    found += f", and {len(again)} that were read before: {named(again)}" if again else ""
    yield Finding("files", "pending", "fine", found)


def forgetting(con: duckdb.DuckDBPyConnection, project: Project) -> Iterator[Finding]:
    """Whether a person who was to be forgotten is still in tables or stores."""
    begun = con.execute("select 1 from private.facts where name = $name", {"name": FORGETTING})
    if begun.fetchall():
        found = "a person is to be forgotten, and that was interrupted"
        expected = "nothing of a forgotten person in rows, tables and stores"
        mend = f"journeyflow run {project.directory} completes it"
        yield Finding("files", "forgetting", "look", found, expected, mend)


def beside(project: Project) -> Finding:
    """Files beside the exports that no source means."""
    for message in unclaimed_files(project):
        found, _, mend = message.rpartition(". ")
        expected = "every file beside the exports belongs to a source"
        return Finding("files", "folder", "look", found, expected, mend)
    return Finding("files", "folder", "fine", "none beside the exports is left unread")


def version(store: Store, project: Project) -> Finding:
    """Whether the store was made by this version: its code, its SQL and its packages."""
    stored = store.query("select value from state.facts where name = 'fingerprint'")
    before: dict[str, str] = json.loads(stored["value"].iloc[0]) if len(stored) else {}
    now = code_of(fingerprint(project))
    changed = [name for name in now | code_of(before) if now.get(name) != before.get(name)]
    (made_by,) = store.query("select version from project")["version"]
    made = f"made by journeyflow {made_by}"
    if not changed:
        return Finding("version", "published store", "fine", made)
    found = f"{made}, and not by this version: what differs is {named(changed)}"
    expected = f"made by this version, journeyflow {__version__}"
    mend = f"journeyflow run {project.directory}: it makes every table anew"
    return Finding("version", "published store", "look", found, expected, mend)


def invariants(store: Store) -> Iterator[Finding]:
    """What holds of every sound store: figures computed in two ways agree, and keys are unique."""
    rules = [*records(store.query("select rule, holds from reconciliation"))]
    broken = [row["rule"] for row in rules if not row["holds"]]
    found = f"{len(broken)} of {len(rules)} rules do not hold"
    if broken:
        listing = f"{found}: {named(broken)}"
        yield Finding("tables", "reconciliation", "wrong", listing, "all rules hold", REBUILD)
    else:
        yield Finding("tables", "reconciliation", "fine", found)
    for table in EXAMINED:
        key = ", ".join(KEYS[table])
        about = f"{table} ({key})"
        counted = f"select count(*) as n, count(distinct row({key})) as keys from {table}"
        rows, keys = store.query(counted).iloc[0]
        if rows == keys:
            yield Finding("unique", about, "fine", f"{rows:,} rows")
        else:
            found = f"{rows:,} rows with {keys:,} keys"
            yield Finding("unique", about, "wrong", found, "one row for each key", REBUILD)
