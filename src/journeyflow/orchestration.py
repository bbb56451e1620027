"""What any scheduler of nightly runs needs: the project, its files, and the texts to start from.

Knows nothing of the scheduler's own library, so that the command line can leave these files
where that library is not installed.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from journeyflow.errors import SettingsError
from journeyflow.project import SETTINGS_FILE, Project, source_files

PROJECT_VARIABLE = "JOURNEYFLOW_PROJECT"
DEFINITIONS = "journeyflow_pipelines.definitions"
HOME = ".dagster"

ENV = """\
# `dagster dev`, started in this folder, reads these before anything else.
# Dagster takes no relative path: correct this line when the folder moves.
DAGSTER_HOME={home}
DAGSTER_DISABLE_TELEMETRY=1
"""

DAGSTER = """\
telemetry:
  enabled: false

# DuckDB lets one process write: a second run waits its turn.
concurrency:
  runs:
    max_concurrent_runs: 1
"""

WORKSPACE = f"""\
load_from:
  - python_module:
      module_name: {DEFINITIONS}
      location_name: journeyflow
"""


def find_project() -> Path:
    """The project folder that Dagster shows.

    Out: what JOURNEYFLOW_PROJECT names, else the current folder, else `demo` in it. Raises
    SettingsError where there is no project.
    """
    named = os.environ.get(PROJECT_VARIABLE)
    places = [Path(named)] if named else [Path.cwd(), Path.cwd() / "demo"]
    for place in places:
        if (place / SETTINGS_FILE).is_file():
            return place.resolve()
    looked = " and ".join(str(place.resolve()) for place in places)
    message = f"no project found: {looked} without a {SETTINGS_FILE}"
    raise SettingsError(
        message,
        "make one with `make demo` or `journeyflow init DIR`, "
        f"or name one in {PROJECT_VARIABLE}; then reload",
    )


def exports_digest(project: Project) -> str:
    """Hash of which export files lie in the project, by path, size and time of change."""
    paths = {path for source in project.sources for path in source_files(project, source)}
    listing = [
        (str(path), status.st_size, status.st_mtime_ns)
        for path in sorted(paths)
        for status in [path.stat()]
    ]
    return hashlib.sha256(repr(listing).encode()).hexdigest()[:32]


def dagster_files(project_dir: Path | str) -> dict[str, str]:
    """What `dagster dev` needs in a project's folder to show and to schedule it.

    Out: text by path relative to the folder.
    """
    home = Path(project_dir).resolve() / HOME
    quoted = str(home).replace("\\", "\\\\").replace("'", "\\'")
    return {
        ".env": ENV.format(home=f"'{quoted}'"),
        f"{HOME}/dagster.yaml": DAGSTER,
        "workspace.yaml": WORKSPACE,
    }
