"""The demo: an invented company's project, run as it would run every night, and reported on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from journeyflow.errors import DataError, EnvironmentFault
from journeyflow.findings import findings
from journeyflow.project import load_project
from journeyflow.report import keep_report
from journeyflow.scaffold import make_project
from journeyflow.simulate import simulate
from journeyflow.store import open_store

Progress = Callable[[str], None]


def make_demo(directory: Path, *, language: str = "en", progress: Progress = lambda _: None) -> str:
    """Make the demo project in `directory`, run it as the Dagster job, and write its report.

    Out: what was found, in words with numbers, and what to open next. Raises SettingsError
    where the folder holds something else, DataError where the run failed,
    EnvironmentFault where the machine stopped it.
    """
    directory = directory.resolve()
    progress("inventing a company: twelve thousand people, ninety days")
    simulate(directory, language=language)
    settings = load_project(directory).project
    make_project(
        directory, name=settings.name, timezone=settings.timezone, currency=settings.currency
    )
    progress("running its nightly job")
    _run_job(directory, progress)
    progress("writing the report")
    with open_store(directory) as store:
        report = keep_report(store, directory).path
        found = findings(store)
    shown = directory.relative_to(Path.cwd()) if directory.is_relative_to(Path.cwd()) else directory
    return f"""\
{found}

The report:            {report.relative_to(directory.parent)}
The same from Python:  import journeyflow as jf; jf.open_store("{shown}").sankey()
The exports, and the truth about these customers: {shown}/exports, {shown}/truth
On your own exports:   journeyflow init my-project, then journeyflow check FILE
"""


def _run_job(directory: Path, progress: Progress) -> None:
    """Run the job in a process of its own: the library knows nothing of who drives it."""
    command = [sys.executable, "-m", "journeyflow_pipelines", str(directory)]
    environment = os.environ | {"DAGSTER_DISABLE_TELEMETRY": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        result, log = process.communicate()
    if process.returncode != 0:
        message = f"the nightly job of {directory} failed:\n{log[-3000:]}"
        fault = EnvironmentFault if process.returncode == EnvironmentFault.exit_code else DataError
        raise fault(message, f"look closer with `journeyflow run {directory}`")
    progress(f"published {json.loads(result)['store']}")
