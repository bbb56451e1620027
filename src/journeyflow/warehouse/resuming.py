"""Taking a run up again, in the same process, after a fault of the machine."""

from __future__ import annotations

from journeyflow.warehouse.models import create, in_order, load_models
from journeyflow.warehouse.pending import pending_files
from journeyflow.warehouse.publishing import closed
from journeyflow.warehouse.run import Run

FAULT = "what followed a fault of the machine is made anew for everybody"


def resume(run: Run) -> None:
    """Make a run ready to repeat the step that the machine stopped.

    It goes on as the next run would: both databases are opened anew, since DuckDB refuses one
    whose checkpoint failed until then; files that were landed are no longer pending; and who is
    touched cannot be told from tables changed half-way, so everybody is made anew.
    """
    with closed(run.con, run.project.directory, "warehouse", "private"):
        pass
    run.pending = pending_files(run.con, run.project, run.run_number)
    run.mode, run.reason = "full", FAULT
    run.remember("building", run.run_id)  # where the settings are still to decide on the mode
    made = {
        name
        for (name,) in run.con.execute(
            "select table_name from duckdb_tables() where database_name = 'temp'"
        ).fetchall()
    }
    for model in in_order(load_models("person")):
        if model.transient and model.name in made:  # so far of the touched persons alone
            create(run.con, model, model.target, run.values)
