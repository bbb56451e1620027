"""Check a whole project: its settings, and what its files would give, without touching it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb

from journeyflow.check import figures
from journeyflow.check.findings import ProjectReport, SourceReport
from journeyflow.check.raw import one
from journeyflow.check.rehearsal import rehearse
from journeyflow.check.whole_warnings import source_warnings
from journeyflow.project import Project, load_project, source_files
from journeyflow.settings import Source
from journeyflow.sources.files import content_hash
from journeyflow.sources.formats import FORMATS
from journeyflow.sources.landing import TOLERATED
from journeyflow.warehouse.pending import reading_fingerprint

MOST_BYTES = 300 << 20
Ledger = dict[tuple[str, str], str]


def check_project(project_dir: Path) -> ProjectReport:
    """Say what a run would find. In: the project's folder, which is only read.

    All files of a source are read, up to 300 MB, in a temporary folder. Raises SettingsError
    with every fault of the settings at once.
    """
    project = load_project(project_dir)
    report = ProjectReport(project.directory, project.project.timezone)
    ledger = _ledger(project.directory)
    if ledger is None:
        report.warnings.append("a run holds the warehouse; which files are new cannot be told now")
    files = {}
    for source in project.sources:
        told = SourceReport(source.name, source.format)
        report.sources.append(told)
        files[source.name] = _files(project, source, told, ledger)
    with rehearse(project, files) as rehearsal:
        con = rehearsal.run.con
        rehearsal.build("tagged_events", "event_persons")
        for told in report.sources:
            _tell(con, told, project.checks.max_reject_share)
            told.faults += [each.message for each in rehearsal.faults[told.name].values()]
        (report.persons,) = one(con, "select count(distinct person_id) from event_persons")
        report.warnings += source_warnings(con, project, report)
    return report


def _ledger(directory: Path) -> Ledger | None:
    """What the warehouse knows: (source, content hash) → reading; None while a run holds it."""
    path = directory / "warehouse" / "private.duckdb"
    if not path.is_file():
        return {}
    try:
        with duckdb.connect(path, read_only=True) as con:
            rows = con.execute("select source, content_hash, reading from ledger").fetchall()
    except duckdb.IOException:
        return None
    except duckdb.Error:
        return {}
    return {(source, digest): reading for source, digest, reading in rows}


def _files(
    project: Project, source: Source, told: SourceReport, ledger: Ledger | None
) -> dict[str, Path]:
    """The files to look at by their names, and what a run would do with each, told."""
    reading, states = reading_fingerprint(project, source), Counter[str]()
    chosen: dict[str, Path] = {}
    left = MOST_BYTES
    for path in source_files(project, source):
        name = path.relative_to(project.directory).as_posix()
        if ledger is not None:
            known = ledger.get((source.name, content_hash(path)))
            states["new" if known is None else "known" if known == reading else "changed"] += 1
            if known not in (None, reading):
                told.reread.append(name)
        left -= path.stat().st_size
        if left < 0 and chosen:
            states["left_out"] += 1
        else:
            chosen[name] = path
    told.files = {"all": len(chosen) + states["left_out"], **+states}
    return chosen


def _tell(con: duckdb.DuckDBPyConnection, told: SourceReport, limit: float) -> None:
    lands, this = FORMATS[told.format].lands, {"source": told.name}
    landed = con.execute("select file_id from private.ledger where source = $source", this)
    figures.fill(told, con, lands, [number for (number,) in landed.fetchall()])
    told.faults += [
        f"{file}: {bad:,} of {read:,} rows are bad (limit {limit:.1%})"
        for file, read, bad in con.execute(
            "select file, rows_read, count(distinct line) as bad from private.ledger "
            "inner join private.rejected_rows using (file_id) where source = $source "
            "group by all having bad > $tolerated and bad > $limit * rows_read order by all",
            this | {"tolerated": TOLERATED, "limit": limit},
        ).fetchall()
    ]
    if lands == "events":
        told.events, told.unmapped_events, told.persons = one(
            con,
            "select count(*) filter (counts), count(*) filter (counts and unmapped), "
            "count(distinct person_id) from (select *, not is_bot and not is_excluded as counts, "
            "stage is null and (conversion_rules is null or not exists "
            "(from stages where name = 'purchase')) as unmapped "
            "from tagged_events where source = $source) left join event_persons using (ref)",
            this,
        )
