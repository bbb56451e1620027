"""Publishing: readers get a whole new file, and keep the old one as long as they hold it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from journeyflow.warehouse import doubts
from journeyflow.warehouse.database import attach, transaction, warehouse_dir
from journeyflow.warehouse.fingerprints import FORGETTING
from journeyflow.warehouse.history import settle_persons
from journeyflow.warehouse.personas import fitted_at
from journeyflow.warehouse.warnings import unclaimed_files, unmet_rules

if TYPE_CHECKING:
    from journeyflow.warehouse.run import Run

KEPT = 2
TYPES = {"persona_fitted_at": "::timestamptz"}  # it may be none, and has a type all the same
FIXED_NAME = "journeys.duckdb"
# Of events that nothing but line or event_id tells from the one before, that one is tied too.
TIED_EVENTS = (
    "with tied as (select person_id, event_number from person_events where tied) select count(*) "
    "from (from tied union select person_id, event_number - 1 from tied)"
)


def published_dir(project_dir: Path) -> Path:
    """The folder of published snapshots."""
    return project_dir / "published"


def published_stores(project_dir: Path) -> list[Path]:
    """The published snapshots, the newest last."""
    return sorted(published_dir(project_dir).glob("journeys-*.duckdb"))


def finish_run(run: Run, version: str) -> None:
    """Write the run's row in `runs` and the store's description of itself."""
    con = run.con
    counted = con.execute(
        "select coalesce(sum(rows_read), 0)::bigint, coalesce(sum(duplicates), 0)::bigint, "
        "coalesce(sum(rejects), 0)::bigint, coalesce(sum(skipped), 0)::bigint "
        "from warehouse.main.files where run_number = $number",
        {"number": run.run_number},
    ).fetchone()
    if counted:
        run.counts |= dict(
            zip(("rows_read", "duplicates", "rejects", "skipped"), counted, strict=True)
        )
    run.counts["new_events"] = run.scalar(
        "select count(*) from current_rows inner join landed_events using (ref) "
        "inner join ordered_files using (file_id) where run_number = $number",
        {"number": run.run_number},
    )
    run.counts["tied_events"] = run.scalar(TIED_EVENTS)
    found = [
        *unmet_rules(con, run.project),
        *doubts.told(con, doubts.FILES),
        *unclaimed_files(run.project),
        *doubts.told(con, doubts.FIGURES),
    ]
    run.warnings = list(dict.fromkeys([*run.warnings, *found]))  # a repeated step says it again
    # Both databases name the run they were built by, so that one of them alone, brought back
    # from a backup, is noticed. This one first: a run that falls here has no row in `runs` yet.
    con.execute("insert or replace into private.facts values ('built', $id)", {"id": run.run_id})
    row = {
        "run_id": run.run_id,
        "run_number": run.run_number,
        "started_at": run.started_at,
        "finished_at": datetime.now(UTC),
        "engine": "duckdb",
        "mode": run.mode,
        "reason": run.reason,
        **run.counts,
        "version": version,
    }
    con.execute("delete from warehouse.main.runs where run_number = $n", {"n": run.run_number})
    con.execute(
        "insert into warehouse.main.runs by name select "
        + ", ".join(f"${name} as {name}" for name in row),
        row,
    )
    _describe(run, version)
    con.execute(
        "create or replace table warehouse.main.warnings as "
        "select unnest($warnings::text[]) as warning",
        {"warnings": run.warnings},
    )
    fingerprint = run.fact("pending_fingerprint")
    if fingerprint:
        run.remember("fingerprint", fingerprint)
    run.remember("built", run.run_id)
    con.execute("delete from warehouse.state.facts where name = 'building'")


def _describe(run: Run, version: str) -> None:
    settings = run.project.project
    about = {
        "name": settings.name,
        "timezone": settings.timezone,
        "currency": settings.currency,
        "language": settings.language,
        "observed_until": run.values["observed_until"],
        "lost_after_s": run.values["lost_after_us"] // 1_000_000,
        "dormant_after_days": run.values["dormant_after_days"],
        "promoters": run.values["promoters"],
        "persona_fitted_at": fitted_at(run),
        "run_id": run.run_id,
        "version": version,
        "built_at": datetime.now(UTC),
    }
    run.con.execute(
        "create or replace table warehouse.main.project as select "
        + ", ".join(f"${name}{TYPES.get(name, '')} as {name}" for name in about),
        about,
    )


def publish(run: Run) -> None:
    """Checkpoint, close, copy and rename; the last two snapshots stay.

    Of those before a person was forgotten none does.

    Where that fails the database is open again, so that the step can be repeated.
    """
    folder = published_dir(run.project.directory)
    folder.mkdir(exist_ok=True)
    for left in folder.glob("*.draft"):
        left.unlink()  # of a run that died while it copied
    run.con.execute("checkpoint warehouse")
    store = folder / f"journeys-{run.run_id}.duckdb"
    fixed = run.project.directory / FIXED_NAME
    with closed(run.con, run.project.directory, "warehouse"):
        _write(warehouse_dir(run.project.directory) / "warehouse.duckdb", store, fixed)
    # Only now are its files no longer new: a run that fell before is taken up as this one.
    with transaction(run.con):
        settle_persons(run)
        run.con.execute(
            "insert or replace into private.facts values ('published', $id)", {"id": run.run_id}
        )
    forgetting = run.landed_fact(FORGETTING) is not None
    for old in published_stores(run.project.directory)[: -1 if forgetting else -KEPT]:
        old.unlink()
    if forgetting:
        run.con.execute("delete from private.facts where name = $name", {"name": FORGETTING})
    run.store = store


@contextmanager
def closed(con: duckdb.DuckDBPyConnection, project_dir: Path, *names: str) -> Iterator[None]:
    """Keep the writer's databases `names` closed for a while, whole in their files."""
    # The search path of `con` names them, so that they cannot be closed through itself.
    with con.cursor() as beside:
        for name in names:
            beside.execute(f"detach database if exists {name}")
        try:
            yield
        finally:
            for name in names:
                attach(beside, warehouse_dir(project_dir), name)


def _write(built: Path, store: Path, fixed: Path) -> None:
    """Copy `built` to both names, or to neither."""
    draft, second = store.with_suffix(".draft"), fixed.with_suffix(".draft")
    try:
        shutil.copyfile(built, draft)
        _sync(draft)
        second.unlink(missing_ok=True)
        try:
            second.hardlink_to(draft)
        except OSError:  # not every file system has links
            shutil.copyfile(draft, second)
        draft.replace(store)
        try:
            second.replace(fixed)
        except OSError:
            store.unlink()
            raise
    except OSError:
        draft.unlink(missing_ok=True)
        second.unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
