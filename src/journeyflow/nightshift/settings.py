"""The settings of the night shift: when it begins, what it fetches, and whom it tells."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from journeyflow.settings import Duration, Settings

HOUR = r"^([01]\d|2[0-3]):[0-5]\d$"


class Schedule(Settings):
    """`[schedule]`: when the nightly run begins, and what brings its exports."""

    at: str = Field(default="03:00", pattern=HOUR)
    """The local time of the project's `timezone`. Dagster takes it up when it loads the project;
    for machines without Dagster `journeyflow schedule` prints what cron or systemd must be told."""
    before: str | None = Field(default=None, min_length=1)
    """A command for the shell that every run begins with, in the project folder, before files are
    looked for, such as `python fetch.py`. Where it fails, the run stops. `journeyflow run
    --no-before` skips it. Programs that the PATH does not name are looked for beside
    journeyflow's own Python too: cron's PATH is short."""
    before_timeout: Duration = timedelta(hours=1)
    """A `before` that takes longer is ended, with all that it started, and the run stops."""
