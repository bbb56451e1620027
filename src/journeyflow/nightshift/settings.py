"""The settings of the night shift: when it begins, what it fetches, and whom it tells."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from pydantic import Field, field_validator

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
    --no-before` skips it, and so does a run that new files have started in Dagster. Programs that
    the PATH does not name are looked for beside journeyflow's own Python too: cron's PATH is
    short."""
    before_timeout: Duration = timedelta(hours=1)
    """A `before` that takes longer is ended, with all that it started, and the run stops."""


class Alerts(Settings):
    """`[alerts]`: who is told when a run or a check that stops it fails."""

    command: str | None = Field(default=None, min_length=1)
    """A command for the shell, run in the project folder. It gets the message as a line of JSON on
    its standard input, and in variables such as `JOURNEYFLOW_ALERT_TEXT`. The message has `kind`
    (`failure` or `digest`), `project`, `at`, `run_id`, `step`, `message`, `hint`, and `text`, which
    says it all for people."""
    url: str | None = None
    """An http or https address that the same JSON is posted to. No redirect is followed."""
    digest: bool = False
    """After a run that succeeded, the same are told in three lines what it read, the conversions
    of the last complete day, and what is late or doubtful. Complete is the day before that of the
    end of observation; beside it stands the median of the same weekday in the eight weeks before,
    or, where there are fewer than three, the day before. A machine that is off tells nobody of
    it: that no digest came does."""

    @field_validator("url")
    @classmethod
    def known_address(cls, value: str | None) -> str | None:
        """An address with a host, of the web."""
        if value is not None:
            parts = urlsplit(value)
            web = parts.scheme in ("http", "https") and parts.hostname
            if not web or parts.username is not None or " " in value:
                msg = f"expected an address such as https://example.com/hook, found {value!r}"
                raise ValueError(msg)
        return value
