"""What changed between published runs and is told for good: who became somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journeyflow.warehouse.database import script

if TYPE_CHECKING:
    from journeyflow.warehouse.run import Run

TABLES = {
    "person_changes": "run_number integer, run_id text, changed_at timestamptz, "
    "old_person_id text, new_person_id text, reason text, identifiers bigint",
    "settled_identifiers": 'type text, "key" uuid, person_id text',
}


def note_person_changes(run: Run) -> None:
    """Compare each identifier's person with that of the last published run.

    A run that is taken up again under its number notes its changes anew: what is settled moves
    on only with a publication.
    """
    for name, columns in TABLES.items():
        run.con.execute(f"create table if not exists private.work.{name} ({columns})")
    run.con.execute(
        "delete from private.work.person_changes where run_number = $number",
        {"number": run.run_number},
    )
    run.con.execute(
        script("person_changes"),
        {"run_number": run.run_number, "run_id": run.run_id, "changed_at": run.started_at},
    )


def settle_persons(run: Run) -> None:
    """The persons of this run are what the next one is compared with."""
    run.con.execute(
        "create or replace table private.work.settled_identifiers as "
        'select type, "key", person_id from person_identifiers where not is_disputed'
    )
