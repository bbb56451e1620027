"""`journeyflow check`: look at exports and settings before anything is run."""

from __future__ import annotations

from journeyflow.check.answers import refuse_open
from journeyflow.check.files import check_files
from journeyflow.check.findings import FileReport, ProjectReport
from journeyflow.check.text import render
from journeyflow.check.whole import check_project
from journeyflow.check.writing import write_settings

__all__ = [
    "FileReport",
    "ProjectReport",
    "check_files",
    "check_project",
    "refuse_open",
    "render",
    "write_settings",
]
