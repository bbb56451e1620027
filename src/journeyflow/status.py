"""How a project stands: its last runs, how fresh its sources are, and what is still to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from journeyflow.errors import JourneyflowError, WarehouseBusyError
from journeyflow.nightshift.hours import next_run
from journeyflow.nightshift.journal import LoggedRun, failed_run
from journeyflow.project import Project, load_project, source_files
from journeyflow.report.context import records
from journeyflow.store import Store, open_store
from journeyflow.warehouse.lateness import Freshness, freshness
from journeyflow.warehouse.models import load_model
from journeyflow.warehouse.peeking import ledger_copy
from journeyflow.warehouse.pending import pending_files
from journeyflow.warehouse.publishing import published_stores

SHOWN_RUNS = 5
SHOWN_FILES = 10
SHOWN_LINES = 5
RUNS = f"""
select run_id, started_at, mode, reason, rows_read, rejects, touched_persons,
    epoch(finished_at - started_at) as seconds, finished_at
from runs order by run_number desc limit {SHOWN_RUNS}"""

LANDED = "select file, run_number from private.ledger where list_contains($sources, source)"


@dataclass(frozen=True)
class Status:
    """What `journeyflow status` tells.

    `failed` is the latest run, where it published nothing; `runs` are those that did.
    `next_run` is the moment that `[schedule]` names; whether a scheduler knows of it, only that
    scheduler can tell. `pending` names the files that the next run reads, `again` those of them
    that were read before, with another content or by other settings; `unpublished` those that a
    run has read, but ended before it published. Where that cannot be told, `unknown` has the
    reason, `pending` is None, and `unpublished` names the files in the folder that the published
    store does not know.
    """

    project: str
    timezone: str
    runs: tuple[dict[str, Any], ...]
    sources: tuple[Freshness, ...]
    next_run: datetime
    running: str | None = None
    pending: tuple[str, ...] | None = None
    again: tuple[str, ...] = ()
    unpublished: tuple[str, ...] = ()
    unknown: str | None = None
    failed: LoggedRun | None = None


def status(project_dir: Path | str) -> Status:
    """Tell how a project stands, also while a run is going on; the project is left as it is.

    Raises SettingsError for faulty settings, EnvironmentFault for a store that cannot be read.
    """
    project = load_project(project_dir)
    pending, running, unknown = None, None, None
    again: tuple[str, ...] = ()
    landed: set[tuple[str, int]] = set()
    arrived: dict[str, datetime] = {}
    # Before the store: what a run publishes in between is then no file left unpublished.
    try:
        with ledger_copy(project.directory) as con:
            arrived = arrivals(con)
            pending, again = to_be_read(con, project)
            sources = {"sources": [each.name for each in project.sources]}
            landed = {*con.execute(LANDED, sources).fetchall()}
    except JourneyflowError as fault:
        unknown = fault.message
        running = fault.holder if isinstance(fault, WarehouseBusyError) else None
    runs, fresh, published = _published(project)
    fresh = tuple(replace(each, arrived_at=arrived.get(each.source)) for each in fresh)
    if pending is None:
        found = {path for source in project.sources for path in source_files(project, source)}
        unpublished = {_name(project, path) for path in found} - {file for file, _ in published}
    else:
        unpublished = {file for file, _ in landed - published}
    about = project.project
    return Status(
        about.name, about.timezone, runs, fresh, next_run(project, datetime.now(UTC)), running,
        pending, again, tuple(sorted(unpublished)), unknown, unpublished_run(project, runs),
    )  # fmt: skip


def unpublished_run(project: Project, runs: Sequence[dict[str, Any]]) -> LoggedRun | None:
    """The latest run of the log, where it failed, was interrupted or never ended.

    `runs`: the last published ones. They are asked for first: a run that publishes in between is
    then no failure.
    """
    last = runs[0] if runs else {}
    return failed_run(project.directory, last.get("run_id"), last.get("finished_at"))


def last_runs(store: Store) -> tuple[dict[str, Any], ...]:
    """The last published runs, the latest first."""
    return tuple(records(store.query(RUNS)))


def arrivals(con: duckdb.DuckDBPyConnection) -> dict[str, datetime]:
    """When the latest file of each source arrived, by the ledger."""
    found = con.execute("select source, max(arrived_at) from private.ledger group by source")
    return dict(found.fetchall())


def to_be_read(
    con: duckdb.DuckDBPyConnection, project: Project
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the files that the next run reads, and those of them that were read before.

    `con` has a copy of the ledger: it is written. What the next run would refuse is raised.
    """
    known = {*con.execute("select source, file from private.ledger").fetchall()}
    files = [
        (each.source.name, _name(project, each.path), each.earlier is not None)
        for each in pending_files(con, project, 0)
    ]
    again = tuple(name for source, name, read in files if read or (source, name) in known)
    return tuple(name for _, name, _ in files), again


def _published(
    project: Project,
) -> tuple[tuple[dict[str, Any], ...], tuple[Freshness, ...], set[tuple[str, int]]]:
    """The last runs, how fresh the sources are, and the files with the runs they arrived in."""
    if not published_stores(project.directory):
        return (), published_freshness(project, None), set()
    with open_store(project.directory) as store:
        files = store.query("select file, run_number from files").itertuples(index=False, name=None)
        return last_runs(store), published_freshness(project, store), {*files}


def published_freshness(project: Project, store: Store | None) -> tuple[Freshness, ...]:
    """How fresh each source of the settings is in a published store."""
    found = records(store.query(load_model("doctor", "source_files").sql)) if store else iter(())
    return freshness(
        project, {row["source"]: row["latest"] for row in found if row["latest"] is not None}
    )


def render(told: Status) -> str:
    """The status as text, in the project's zone."""
    zone = ZoneInfo(told.timezone)
    lines = _failed(told.failed, zone, bool(told.runs)) if told.failed else []
    lines.append(f"project     {told.project}, times of {told.timezone}")
    lines += [_run(run, zone) for run in told.runs] or ["run         none has been published yet"]
    for each in told.sources:
        when = f"{each.latest.astimezone(zone):%Y-%m-%d %H:%M}" if each.latest else "no row yet"
        late = "no max_age is set" if each.max_age_s is None else "cannot be judged"
        late = late if each.late is None else "LATE" if each.late else "not late"
        came = f"{each.arrived_at.astimezone(zone):%Y-%m-%d %H:%M}" if each.arrived_at else ""
        came = f", last file came {came}" if came else ""
        lines.append(f"source      {each.source}: latest {when}, {late}{came}")
    due = f"{told.next_run.astimezone(zone):%Y-%m-%d %H:%M}"
    lines.append(f"next        {due} by [schedule], where cron, systemd or Dagster knows of it")
    if told.running:
        lines.append(f"running     {told.running}")
    where = "of the folder are not in the last store"
    if told.pending is not None:
        new = tuple(name for name in told.pending if name not in told.again)
        lines.append(_files("pending", new, "to be read by the next run"))
        if told.again:
            what = "read before that are read again: changed since, or read by other settings"
            lines.append(_files("again", told.again, what))
        where = "read by a run that ended before it published"
    elif told.running:
        lines.append("pending     unknown as long as that run goes on")
    else:
        lines.append(f"pending     unknown: {told.unknown}")
    if told.unpublished:
        lines.append(_files("unpublished", told.unpublished, where))
    return "\n".join(lines)


def _failed(run: LoggedRun, zone: ZoneInfo, published: bool) -> list[str]:
    message = (run.message or "").split("\n")
    more = ["…"] * (len(message) > SHOWN_LINES)
    first, *others = [*message[:SHOWN_LINES], *more]
    others += [f"hint: {run.hint}"] if run.hint else []
    if run.in_a_row > 1:
        since = "since the last good one" if published else "so far"
        others.append(f"{run.in_a_row} runs {since} have published nothing")
    head = f"{run.outcome:<12}{where_it_ended(run, zone)}{': ' if first else ''}{first}"
    return [head, *(f"            {line}" for line in others)]


def where_it_ended(run: LoggedRun, zone: ZoneInfo) -> str:
    """When a run began, and where it failed or how far it came."""
    how = "at" if run.outcome == "failed" else "after"
    place = f" {how} {run.step}" if run.step else ""
    return f"{run.at.astimezone(zone):%Y-%m-%d %H:%M}{place}"


def _run(run: dict[str, Any], zone: ZoneInfo) -> str:
    reason = f" ({run['reason']})" if run["reason"] else ""
    return (
        f"run         {run['run_id']}: {run['started_at'].astimezone(zone):%Y-%m-%d %H:%M}, "
        f"{run['mode']}{reason}, {run['rows_read']:,} rows read, {run['rejects']:,} rejects, "
        f"{run['touched_persons']:,} persons touched, {run['seconds']:.1f} s"
    )


def _files(title: str, names: tuple[str, ...], what: str) -> str:
    more = f"\n            … and {len(names) - SHOWN_FILES} more" * (len(names) > SHOWN_FILES)
    listing = "".join(f"\n            {name}" for name in names[:SHOWN_FILES])
    return f"{title:<12}{len(names)} files {what}{listing}{more}"


def _name(project: Project, path: Path) -> str:
    return path.relative_to(project.directory).as_posix()
