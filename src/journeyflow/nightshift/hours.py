"""When the next run begins, and what cron and systemd must be told of it."""

from __future__ import annotations

import os
import re
import shlex
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from journeyflow.errors import SettingsError
from journeyflow.identity.keys import ENVIRONMENT
from journeyflow.nightshift.settings import Schedule
from journeyflow.project import Project, load_tables

YEAR = 366


def cron_hour(schedule: Schedule) -> str:
    """The hour as a cron expression, in the project's zone."""
    at = time.fromisoformat(schedule.at)
    return f"{at.minute} {at.hour} * * *"


def next_run(project: Project, now: datetime) -> datetime:
    """The first moment after `now` at which a run begins, in UTC."""
    zone = ZoneInfo(project.project.timezone)
    today = now.astimezone(zone).date()
    at = time.fromisoformat(project.schedule.at)
    days = (today + timedelta(days=each) for each in range(3))
    moments = (datetime.combine(day, at, zone).astimezone(UTC) for day in days)
    return next(moment for moment in moments if moment > now)


def cron_lines(project_dir: Path | str) -> str:
    """The crontab line of a project with a comment above it.

    Cron counts in the machine's own zone, and CRON_TZ moves it in some crons only: so the hour is
    the machine's, and the comment says when it will be another. Raises SettingsError.
    """
    project = _project(project_dir)
    hours = _local_hours(project, datetime.now(UTC))
    at, zone = project.schedule.at, project.project.timezone
    first = f"{hours[0]:%H:%M}"
    same = f"{at} in {zone}"
    comments = [same if first == at else f"{same}, which is {first} in this machine's own zone"]
    comments += [
        f"from {each:%Y-%m-%d} on it is {each:%H:%M} here: ask for this line again then"
        for each in hours[1:2]
    ]
    comments += _secret()
    # Cron starts with hardly any PATH, and takes a bare % for the end of the line.
    command = shlex.join(_command(project)).replace("%", "\\%")
    line = f"{hours[0].minute} {hours[0].hour} * * * {command}"
    return "\n".join([*(f"# {each}" for each in comments), line])


def systemd_units(project_dir: Path | str) -> str:
    """A service and the timer that starts it, as a user's units. Raises SettingsError."""
    project = _project(project_dir)
    folder = project.directory.name
    # Names of units are ASCII, and what they describe may stand on one line only.
    unit = f"journeyflow-{re.sub(r'[^A-Za-z0-9_.]+', '-', folder).strip('-.') or 'project'}"
    described = f"the nightly run of {_literal(folder)}"
    program, *words = _command(project)
    command = " ".join([_word(program), *(_word(each).replace("$", "$$") for each in words)])
    secret = "".join(f"# {each}\n" for each in _secret())
    return f"""\
# ~/.config/systemd/user/{unit}.service
{secret}[Unit]
Description=journeyflow: {described}

[Service]
Type=oneshot
ExecStart={command}

# ~/.config/systemd/user/{unit}.timer
[Unit]
Description=journeyflow: the hour of {described}

[Timer]
OnCalendar=*-*-* {project.schedule.at}:00 {project.project.timezone}
Persistent=true

[Install]
WantedBy=timers.target

# then: systemctl --user daemon-reload && systemctl --user enable --now {unit}.timer
# and, to run while you are logged out: loginctl enable-linger"""


def _project(project_dir: Path | str) -> Project:
    project = load_tables(project_dir, "schedule")
    if not str(project.directory).isprintable():
        message = f"{str(project.directory)!r}: neither cron nor systemd take such a folder"
        raise SettingsError(message, "rename it without line breaks and control characters")
    return project


def _local_hours(project: Project, now: datetime) -> list[datetime]:
    """The next run in the machine's zone, and those of a year that begin at another hour there."""
    zone, at = ZoneInfo(project.project.timezone), time.fromisoformat(project.schedule.at)
    found: list[datetime] = []
    moment = now
    for _ in range(YEAR):
        moment = next_run(project, moment)
        local = moment.astimezone()
        skipped = moment.astimezone(zone).time() != at  # the night on which clocks go forward
        if not skipped and (not found or found[-1].time() != local.time()):
            found.append(local)
    return found


def _command(project: Project) -> list[str]:
    program = Path(sys.executable).with_name("journeyflow")
    return [str(program), "run", str(project.directory), "--quiet"]


def _secret() -> list[str]:
    """A key that stands in this shell's environment does not stand in theirs."""
    return [f"{ENVIRONMENT} is set here: set it there too"] * bool(os.environ.get(ENVIRONMENT))


def _literal(text: str) -> str:
    return text.replace("%", "%%")


def _word(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_literal(quoted)}"'
