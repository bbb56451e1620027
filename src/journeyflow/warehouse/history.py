"""What changed between published runs and is told for good: persons, and days gone by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from journeyflow.editions import kept_editions
from journeyflow.identity.rows import table_of
from journeyflow.warehouse.database import quoted
from journeyflow.warehouse.fingerprints import FORGOTTEN
from journeyflow.warehouse.layout import script
from journeyflow.warehouse.models import create_from, create_temp, load_model
from journeyflow.warehouse.narrowing import narrowed

if TYPE_CHECKING:
    from journeyflow.warehouse.run import Run

TABLES = {
    "person_changes": "run_number integer, run_id text, changed_at timestamptz, "
    "old_person_id text, new_person_id text, reason text, identifiers bigint",
    "settled_identifiers": 'type text, "key" uuid, person_id text',
    "restated_figures": "run_number integer, run_id text, restated_at timestamptz, day date, "
    "figure text, reason text, published decimal(18, 2), moved decimal(18, 2), reports text[]",
}
MOVED = ("standing_conversions", "moved_conversions")
REPORTS = {
    "report": pa.string(),
    "date_from": pa.date32(),
    "date_to": pa.date32(),
    "observed_day": pa.date32(),
}


def note_person_changes(run: Run) -> None:
    """Compare each identifier's person with that of the last published run.

    A run that is taken up again under its number notes its changes anew: what is settled moves
    on only with a publication.
    """
    _begin(run, "person_changes", "settled_identifiers")
    told = {"run_number": run.run_number, "run_id": run.run_id, "changed_at": run.started_at}
    if run.mode == "full":
        run.con.execute(script("person_changes"), told)
        return
    with narrowed(
        run.con, ("person_identifiers", "settled_identifiers"), "redone_identifiers", 'type, "key"'
    ):
        run.con.execute(script("person_changes"), told)


def note_restatements(run: Run, before: Path | None) -> None:
    """Compare conversions, value and cost of days that had ended with `before`, the last store."""
    con = run.con
    _begin(run, "restated_figures")
    if before is None:
        return
    editions = kept_editions(run.project.directory)
    rows = [(name, e.date_from, e.date_to, e.observed_day) for name, e in editions.items()]
    create_from(con, "kept_reports", table_of(rows, REPORTS))
    con.execute(f"attach {quoted(before)} as last_published (read_only)")
    told = {
        "run_number": run.run_number,
        "run_id": run.run_id,
        "restated_at": run.started_at,
        "settings_changed": run.settings_changed,
        "gone": "forgotten" if run.reason == FORGOTTEN else "corrections",
    }
    try:
        moved = (load_model("history", name) for name in MOVED)
        create_temp(con, moved, told)
        restated = load_model("history", "restated_figures")
        con.execute(
            f"insert into private.work.restated_figures {restated.sql}", restated.bind(told)
        )
    finally:
        con.execute("detach last_published")


def _begin(run: Run, history: str, *others: str) -> None:
    """Make the tables where they are missing, without what an earlier try of this run noted."""
    for name in (history, *others):
        run.con.execute(f"create table if not exists private.work.{name} ({TABLES[name]})")
    run.con.execute(
        f"delete from private.work.{history} where run_number = $number",
        {"number": run.run_number},
    )


def settle_persons(run: Run) -> None:
    """The persons of this run are what the next one is compared with.

    Identifiers that links alone name stand for nobody who did anything.
    """
    settled = (
        'select type, "key", person_id from person_identifiers '
        "where not is_disputed and isfinite(first_seen_at)"
    )
    kept = "private.work.settled_identifiers"
    if run.mode == "full":
        run.con.execute(f"create or replace table {kept} as {settled}")
        return
    with narrowed(run.con, ("person_identifiers",), "redone_identifiers", 'type, "key"'):
        run.con.execute(
            f'delete from {kept} where (type, "key") in '
            '(select (type, "key") from redone_identifiers)'
        )
        run.con.execute(f"insert into {kept} {settled}")
