"""One run: the plan walked plainly, from new files to a published store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb

from journeyflow._version import __version__
from journeyflow.errors import DataError, JourneyflowError, SettingsError
from journeyflow.identity.keys import Secret, load_secret
from journeyflow.project import Project, load_project
from journeyflow.warehouse import erasing
from journeyflow.warehouse.database import warehouse_dir, writer
from journeyflow.warehouse.lateness import Freshness
from journeyflow.warehouse.lock import writer_lock
from journeyflow.warehouse.pending import PendingFile, pending_files
from journeyflow.warehouse.publishing import published_stores

Progress = Callable[[str], None]


@dataclass(frozen=True)
class RunResult:
    """What a run did; `counts` are the columns of its row in `runs`."""

    run_id: str
    mode: str
    reason: str | None
    store: Path
    counts: dict[str, int]
    warnings: tuple[str, ...] = ()


@dataclass
class Run:
    """The state that the steps of one run share."""

    con: duckdb.DuckDBPyConnection
    project: Project
    secret: Secret
    run_id: str
    run_number: int
    started_at: datetime
    progress: Progress
    full_refresh: bool = False
    mode: str = "full"
    reason: str | None = None
    settings_changed: bool = False
    pending: list[PendingFile] = field(default_factory=list)
    freshness: tuple[Freshness, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    store: Path | None = None

    def fact(self, name: str) -> str | None:
        """A remembered fact about the warehouse, or None."""
        value = self.scalar(
            "select value from warehouse.state.facts where name = $name", {"name": name}
        )
        return None if value is None else str(value)

    def landed_fact(self, name: str) -> str | None:
        """A remembered fact about the landed rows and what is made of them, or None."""
        value = self.scalar("select value from private.facts where name = $name", {"name": name})
        return None if value is None else str(value)

    def remember(self, name: str, value: str) -> None:
        """Keep a fact about the warehouse for later runs."""
        self.con.execute(
            "insert or replace into warehouse.state.facts values ($name, $value)",
            {"name": name, "value": value},
        )

    def scalar(self, sql: str, values: dict[str, Any] | None = None) -> Any:
        """The first cell of a query's answer."""
        # All rows are fetched: a half-read result would block the connection.
        rows = self.con.execute(sql, values or {}).fetchall()
        return rows[0][0] if rows else None


@contextmanager
def open_run(
    directory: Path | str,
    *,
    full_refresh: bool = False,
    progress: Progress = lambda _: None,
    before: Callable[[Project], None] = lambda _: None,
    looking: bool = False,
) -> Iterator[Run]:
    """Take the lock, open the databases, and find what is pending; nothing is built yet.

    `before` is done when the lock is held and nothing has been looked at: whatever it brings is
    read by this run and by no other. Whom an interrupted `forget` left is erased first, unless the
    caller is only `looking`.
    """
    project = load_project(directory)
    with writer_lock(warehouse_dir(project.directory)):
        before(project)
        secret = load_secret(project.directory)
        with writer(project.directory, secret) as con:
            started_at = datetime.now(UTC)
            number = _last_number(con, project.directory) + 1
            run = Run(
                con=con,
                project=project,
                secret=secret,
                # A run that died is taken up under its own number: its files arrived together.
                run_number=number,
                run_id=_run_id(started_at, number),
                started_at=started_at,
                progress=progress,
                full_refresh=full_refresh,
            )
            if not looking:
                erasing.erase(run)
            run.pending = pending_files(con, project, number)
            yield run


def _last_number(con: duckdb.DuckDBPyConnection, directory: Path) -> int:
    """Number of the last published run, wherever it is still known.

    A database that is deleted or brought back from a backup must not turn the count back: later
    files would lose against earlier ones, and the new snapshot would look older than the old.
    """
    facts: dict[str, str] = dict(
        con.execute(
            "select name, value from private.facts where name in ('built', 'published')"
        ).fetchall()
    )
    known = {each.stem.removeprefix("journeys-") for each in published_stores(directory)}
    known |= {run_id for name, run_id in facts.items() if name == "published"}
    built = con.execute("select run_id from warehouse.main.runs").fetchall()
    # Built last and published nowhere: that run fell in between, and its number is free.
    known |= {run_id for (run_id,) in built if run_id != facts.get("built")}
    numbers = (run_id.partition("-")[0] for run_id in known)
    return max((int(each) for each in numbers if each.isdigit()), default=0)


def _run_id(started_at: datetime, number: int) -> str:
    """Sortable whatever the clock does: the number leads."""
    return f"{number:06d}-{started_at:%Y%m%dT%H%M%SZ}"


def run(
    project_dir: Path | str,
    full_refresh: bool = False,
    engine: str = "duckdb",
    progress: Progress = lambda _: None,
    *,
    before: bool = True,
) -> RunResult:
    """Bring a project up to date and publish it.

    In: the project's folder; `full_refresh` rebuilds everything from the landed rows; `before`
    runs the command of `[schedule] before` first.
    Raises SettingsError, DataError (nothing is published, the last store stays),
    EnvironmentFault (also where that command fails) or WarehouseBusyError.
    """
    from journeyflow.nightshift.watch import watching
    from journeyflow.warehouse.plan import let_go, make_plan
    from journeyflow.warehouse.steps import load_ahead

    if engine != "duckdb":
        raise SettingsError(f"unknown engine {engine!r}; this version knows only duckdb")

    with (
        watching(project_dir, before=before, progress=progress) as watch,
        watch.open(full_refresh=full_refresh) as state,
    ):
        Thread(target=load_ahead).start()
        failed: list[JourneyflowError] = []
        plan, done = make_plan(state.project), set[str]()
        for step in plan:
            if failed and step.group != "sources":
                break
            progress(f"{step.group}: {step.name}")
            try:
                with watch.step(step.name):
                    step.run(state)
            except DataError as fault:
                if step.group != "sources":
                    raise
                failed.append(fault)
            done.add(step.name)
            let_go(state, plan, done, step)
        if len(failed) > 1:
            listing = "\n".join(str(fault) for fault in failed)
            raise DataError(f"{len(failed)} sources could not be read\n{listing}")
        if failed:
            raise failed[0]
        return result_of(state)


def result_of(state: Run) -> RunResult:
    """Sum up a finished run."""
    if state.store is None:
        raise DataError(f"run {state.run_id} published nothing")
    return RunResult(
        state.run_id, state.mode, state.reason, state.store, state.counts, tuple(state.warnings)
    )


def version() -> str:
    """The version that made the tables."""
    return __version__
