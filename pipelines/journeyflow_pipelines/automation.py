"""When runs begin: every night, and, where it is switched on, when new exports have arrived."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from journeyflow.errors import JourneyflowError
from journeyflow.nightshift.hours import cron_hour
from journeyflow.orchestration import exports_digest
from journeyflow.project import Project, load_project

nightly = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.all(),
    description="Reads what is new, brings every table up to date, checks and publishes.",
)


def nightly_schedule(project: Project) -> dg.ScheduleDefinition:
    """The schedule of a project, at its own hour, on as soon as Dagster sees it."""
    return dg.ScheduleDefinition(
        name="every_night",
        job=nightly,
        cron_schedule=cron_hour(project.schedule),
        execution_timezone=project.project.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


def new_files_sensor(directory: Path) -> dg.SensorDefinition:
    """The sensor for new exports of the project in `directory`, off until it is switched on."""

    @dg.sensor(
        name="new_files",
        job=nightly,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Starts the job when export files have come or changed, once they rest.",
    )
    def look(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        try:
            now = exports_digest(load_project(directory))
        except JourneyflowError as fault:
            raise dg.Failure(str(fault)) from fault
        asked = f"{now} asked for"
        if context.cursor == asked:
            return dg.SkipReason("no new files")
        if context.cursor != now:
            # Half a file must not be read: it has come when it rests from one look to the next.
            context.update_cursor(now)
            return dg.SkipReason("files have come or changed; looking again whether they rest")
        # Fetching once more would bring new files, and those another run, and so on.
        config = {"project_dir": str(directory), "before": False}
        asked_for = dg.RunRequest(now, {"resources": {"warehouse": {"config": config}}})
        return dg.SensorResult([asked_for], cursor=asked)

    return look
