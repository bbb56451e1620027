"""Taking a run up again, in the same process, after a fault of the machine."""

from __future__ import annotations

from collections.abc import Collection

from journeyflow.warehouse.pending import pending_files
from journeyflow.warehouse.plan import make_plan
from journeyflow.warehouse.publishing import closed
from journeyflow.warehouse.run import Run

FAULT = "what followed a fault of the machine is made anew for everybody"


def resume(run: Run, done: Collection[str]) -> None:
    """Make a run ready to repeat the step that the machine stopped; `done` are those before it.

    It goes on as the next run would: both databases are opened anew, since DuckDB refuses one
    whose checkpoint failed until then; files that were landed are no longer pending; and who is
    touched cannot be told from tables changed half-way, so everybody is made anew.
    """
    with closed(run.con, run.project.directory, "warehouse", "private"):
        pass
    run.pending = pending_files(run.con, run.project, run.run_number)
    was_full = run.mode == "full"
    run.mode, run.reason = "full", FAULT
    run.remember("building", run.run_id)  # where the settings are still to decide on the mode
    if was_full:
        return
    for step in make_plan(run.project):
        if step.name in done and step.group not in ("sources", "settings"):
            step.run(run)
