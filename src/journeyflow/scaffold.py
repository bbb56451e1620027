"""A new project's folder: settings to edit, what git must not see, what the night needs."""

from __future__ import annotations

import shlex
from pathlib import Path

from journeyflow.errors import SettingsError
from journeyflow.nightshift.hours import cron_lines
from journeyflow.orchestration import dagster_files
from journeyflow.project import SETTINGS_FILE, project_table
from journeyflow.spelling import toml

GITIGNORE = """\
# exports, keys, warehouses and reports hold customers' data
exports/
warehouse/
published/
reports/
journeys.duckdb
.env
.dagster/
"""

TEMPLATE = """\
# What journeyflow reads and how it counts. `journeyflow check FILE --write` adds a source here.

[project]
name = {name}
timezone = {timezone}       # days and weeks are counted in it
currency = {currency}
language = {language}             # of the report: "en" or "ru"

# [[sources]]
# name = "site"
# format = "table"          # any table whose columns you map; others: see docs/formats
# files = ["exports/site/*.csv"]
# timezone = {timezone}     # for times without an offset
# [sources.columns]
# occurred_at = "ts"
# kind = "event"
# url = "page"
# [sources.identifiers]
# cookie = "cookie_id"

[journeys]
conversions = []            # event kinds that mean success, for example ["purchase"]
lost_after = "45d"          # a silence longer than this ends a journey

# [schedule]
# at = "03:00"              # when the nightly run begins, in the project's timezone
# before = "python fetch.py"  # what brings the exports, run first
# [alerts]
# command = "cat >> alerts.jsonl"   # told as JSON when a run fails; or url = "https://..."

# Stages in their order, and touchpoints by rule; the first rule that matches names the event.
# [[stages]]
# name = "consideration"
# [[stages]]
# name = "purchase"
# [[touchpoints]]
# name = "Catalogue"
# stage = "consideration"
# when = {{ kind = "page_view", path = "/catalog/*" }}
"""


def settings_text(*, name: str, timezone: str, currency: str, language: str = "en") -> str:
    """A new journeyflow.toml. Raises SettingsError for an unknown zone, currency or language."""
    values = {"name": name, "timezone": timezone, "currency": currency, "language": language}
    project_table(**values)
    return TEMPLATE.format(**{key: toml(text) for key, text in values.items()})


def make_project(
    directory: Path, *, name: str, timezone: str, currency: str, language: str = "en"
) -> str:
    """Make what is missing of a project in `directory`; nothing that exists is overwritten.

    Out: what was made and what to do next, in words. Raises SettingsError for an unknown zone,
    currency or language, or where `directory` is a file.
    """
    text = settings_text(name=name, timezone=timezone, currency=currency, language=language)
    if directory.exists() and not directory.is_dir():
        message = f"{directory} is a file; expected a folder"
        raise SettingsError(message)
    directory.mkdir(parents=True, exist_ok=True)
    files = {
        SETTINGS_FILE: text,
        ".gitignore": GITIGNORE,
        **dagster_files(directory),
    }
    made = [each for each, text in files.items() if _write(directory / each, text)]
    listing = "\n".join(f"  {each}" for each in made) or "  nothing: all of it was there"
    cron = cron_lines(directory).replace("\n", "\n  ")
    place = shlex.quote(str(directory))
    return f"""\
made in {directory}:
{listing}

next: put an export below {directory}, then
  journeyflow check FILE --project {place} --write
  journeyflow run {place}

every night, by cron:
  {cron}
or by systemd: journeyflow schedule {place} --print systemd
or with Dagster: cd {place} && dagster dev"""


def _write(path: Path, text: str) -> bool:
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True
