"""Where reports are kept: one folder a day, and the newest once more under a fixed name."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

from journeyflow.editions import Edition
from journeyflow.report.page import Written, write_report
from journeyflow.store import Store

NAME = "report.html"


def keep_report(
    store: Store,
    project_dir: Path,
    *,
    date_from: date | None = None,
    date_to: date | None = None,
    steps: int | None = None,
) -> Written:
    """Write today's report into the project's `reports/<date>/` and copy it to `reports/latest/`.

    Options are those of `write_report`. Out: the copy, whose path stays the same from day to day.
    A period without a journey does not get there: out is the report of the day.
    """
    reports = project_dir / "reports"
    today = date.today().isoformat()  # noqa: DTZ011  the folder is named for whoever runs it
    written = write_report(
        store, reports / today / NAME, date_from=date_from, date_to=date_to, steps=steps
    )
    ((until,),) = store.query(
        "select timezone(timezone, observed_until)::date::text from project"
    ).itertuples(index=False)
    edition = Edition(store.run_id, date.fromisoformat(until), date_from, date_to)
    edition.keep(written.path.parent)
    if (date_from or date_to) and not written.journeys:
        return written
    latest = reports / "latest" / NAME
    latest.parent.mkdir(parents=True, exist_ok=True)
    draft = latest.with_suffix(".part")
    shutil.copyfile(written.path, draft)
    return replace(written, path=draft.replace(latest))
