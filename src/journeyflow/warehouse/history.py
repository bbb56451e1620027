"""What changed between published runs and is told for good: who became somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journeyflow.warehouse.database import script
from journeyflow.warehouse.narrowing import narrowed

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
    told = {"run_number": run.run_number, "run_id": run.run_id, "changed_at": run.started_at}
    if run.mode == "full":
        run.con.execute(script("person_changes"), told)
        return
    with narrowed(
        run.con, ("person_identifiers", "settled_identifiers"), "redone_identifiers", 'type, "key"'
    ):
        run.con.execute(script("person_changes"), told)


def settle_persons(run: Run) -> None:
    """The persons of this run are what the next one is compared with."""
    settled = 'select type, "key", person_id from person_identifiers where not is_disputed'
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
