"""Whether the latest run published, and why not."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from journeyflow.doctor.finding import Finding
from journeyflow.errors import EnvironmentFault, JourneyflowError
from journeyflow.nightshift.journal import LOG
from journeyflow.project import Project
from journeyflow.status import last_runs, unpublished_run, where_it_ended
from journeyflow.store import open_store
from journeyflow.warehouse.publishing import published_stores


def last_run(project: Project) -> Finding:
    """The latest run by the log and the store; one that somebody ended is doubtful and no fault."""
    check, about = "last run", LOG.name
    runs = _last_runs(project)
    failed = unpublished_run(project, runs)
    if failed is None:
        found = "none has been published yet"
        if runs:
            found = f"published {project.told_at(runs[0]['finished_at'])}"
        return Finding(check, about, "fine", found)
    zone = project.project.timezone
    found = f"{failed.outcome} {where_it_ended(failed, ZoneInfo(zone))} ({zone})"
    found += f": {failed.message}" if failed.message else ""
    if failed.in_a_row > 1:
        found += f"\n      it is the last of {failed.in_a_row} that published nothing"
    machine = failed.outcome == "never ended" or failed.exit_code == EnvironmentFault.exit_code
    return Finding(
        check, about, "look" if failed.outcome == "interrupted" else "wrong", found,
        "the latest run published",
        failed.hint or f"journeyflow run {project.directory}, and see what it says",
        "environment" if machine else "data",
    )  # fmt: skip


def _last_runs(project: Project) -> tuple[dict[str, Any], ...]:
    """The published runs; none where their store cannot be read, which has a finding of its own."""
    if not published_stores(project.directory):
        return ()
    try:
        with open_store(project.directory) as store:
            return last_runs(store)
    except (JourneyflowError, OSError, duckdb.Error):
        return ()
