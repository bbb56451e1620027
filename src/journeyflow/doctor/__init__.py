"""What is wrong with a project or its data, and how to mend it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from journeyflow.doctor import environment, tables
from journeyflow.doctor.finding import Finding, exit_code, render
from journeyflow.doctor.runs import last_run
from journeyflow.doctor.sources import freshness_findings, source_findings
from journeyflow.errors import JourneyflowError, WarehouseBusyError
from journeyflow.machine import machine_fault
from journeyflow.project import Project, load_project
from journeyflow.store import open_store
from journeyflow.warehouse.database import key_check, warehouse_dir
from journeyflow.warehouse.peeking import ledger_copy
from journeyflow.warehouse.publishing import published_stores

__all__ = ["Finding", "examine", "exit_code", "render"]

UNKNOWN = "unknown as long as a run is going on"
WAIT = "wait until that run has ended, and ask again"


def examine(project_dir: Path | str, now: datetime | None = None) -> list[Finding]:
    """Examine a project and change nothing in it; a check that cannot be made is a finding too.

    `now`: the moment by which exports are still coming or not; by the clock unless given.
    Raises SettingsError for faulty settings.
    """
    project = load_project(project_dir)
    return [
        *environment.versions(),
        *environment.rights(project.directory),
        environment.lock(project.directory),
        last_run(project),
        *_warehouse(project),
        tables.beside(project),
        *_published(project, now or datetime.now(UTC)),
    ]


def _warehouse(project: Project) -> list[Finding]:
    """What only the ledger tells; it stays untold while a run writes, or where it is damaged."""
    directory = project.directory
    try:
        with ledger_copy(directory) as con:
            return [
                *environment.key(directory, key_check(con)),
                tables.ledger(con, project),
                *tables.pending(con, project),
                *tables.forgetting(con, project),
            ]
    except WarehouseBusyError:
        unknown = Finding("files", "ledger", "look", UNKNOWN, "no run going on", WAIT)
    except (JourneyflowError, OSError) as fault:
        unknown = _unreadable("files", "ledger", fault)
    return [*environment.key(directory, None, unknown.found), unknown]


def _published(project: Project, now: datetime) -> list[Finding]:
    if not published_stores(project.directory):
        return [_unpublished(project), *freshness_findings(None, project, now)]
    version: list[Finding] = []
    try:
        with open_store(project.directory) as store:
            version = [tables.version(store, project)]
            return [
                *version,
                *tables.invariants(store),
                *freshness_findings(store, project, now),
                *source_findings(store, project),
            ]
    except (JourneyflowError, OSError, duckdb.Error) as fault:
        if version and version[0].verdict != "fine":
            return [replace(version[0], verdict="wrong", fault="environment")]
        return [*version, _unreadable("tables", "published store", fault)]


def _unpublished(project: Project) -> Finding:
    """No run has ended yet: none began, or it is going on, or it was stopped."""
    run = f"journeyflow run {project.directory}"
    found, mend = "nothing is published yet", run
    if (warehouse_dir(project.directory) / "private.duckdb").exists():
        found += ": the first run has not ended"
        mend = f"where none is going on, {run}: it goes on with what was read"
    return Finding("tables", "published store", "look", found, "a published run", mend)


def _unreadable(check: str, about: str, fault: Exception) -> Finding:
    told = machine_fault(fault) or JourneyflowError(type(fault).__name__)
    expected, mend = "a database that this version can read", told.hint or ""
    return Finding(check, about, "wrong", told.message, expected, mend, "environment")
