"""What Dagster loads: the plan of one project as assets, with its checks, schedule and sensor."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from journeyflow.orchestration import find_project
from journeyflow.project import load_project
from journeyflow.warehouse.plan import make_plan
from journeyflow_pipelines.assets import step_asset
from journeyflow_pipelines.automation import new_files_sensor, nightly, nightly_schedule
from journeyflow_pipelines.resources import Warehouse


def make_definitions(directory: Path) -> dg.Definitions:
    """Show the project in `directory`; SettingsError where its settings are at fault."""
    project = load_project(directory)
    plan = make_plan(project)
    return dg.Definitions(
        assets=[step_asset(plan, place) for place in range(len(plan))],
        jobs=[nightly],
        schedules=[nightly_schedule(project)],
        sensors=[new_files_sensor(project.directory)],
        resources={"warehouse": Warehouse(project_dir=str(project.directory))},
        # One process holds the warehouse, and DuckDB is parallel by itself.
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The project that JOURNEYFLOW_PROJECT names, or the one that lies here."""
    return make_definitions(find_project())
