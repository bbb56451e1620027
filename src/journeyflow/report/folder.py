"""Where reports are kept: one folder a day, and the newest once more under a fixed name."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from journeyflow.report.page import journeys_of, write_report
from journeyflow.store import Store

NAME = "report.html"


def keep_report(
    store: Store,
    project_dir: Path,
    *,
    date_from: date | None = None,
    date_to: date | None = None,
) -> Path:
    """Write today's report into the project's `reports/<date>/` and copy it to `reports/latest/`.

    Out: the path of the copy, which stays the same from day to day. A period without a journey
    does not get there: out is the path of the day.
    """
    reports = project_dir / "reports"
    today = date.today().isoformat()  # noqa: DTZ011  the folder is named for whoever runs it
    written = write_report(store, reports / today / NAME, date_from=date_from, date_to=date_to)
    if (date_from or date_to) and not journeys_of(store, date_from, date_to):
        return written
    latest = reports / "latest" / NAME
    latest.parent.mkdir(parents=True, exist_ok=True)
    draft = latest.with_suffix(".part")
    shutil.copyfile(written, draft)
    return draft.replace(latest)
