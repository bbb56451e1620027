"""Check a whole project: its settings, and what its files would give, without touching it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb

from journeyflow.check import figures
from journeyflow.check.findings import ProjectReport, SourceReport
from journeyflow.check.raw import one
from journeyflow.check.rehearsal import Rehearsal, Rehearsed, rehearse
from journeyflow.check.whole_warnings import source_warnings
from journeyflow.project import Project, load_project
from journeyflow.settings import Source
from journeyflow.sources.files import content_hash, matching_files
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
    ledger, busy = _ledger(project.directory)
    if busy:
        report.warnings.append("a run holds the warehouse; which files are new cannot be told now")
    files: list[Rehearsed] = []
    for source in project.sources:
        told = SourceReport(source.name, source.format)
        report.sources.append(told)
        files += _files(project, source, told, ledger)
    with rehearse(project, files) as rehearsal:
        rehearsal.build("tagged_events", "event_persons")
        for source, told in zip(project.sources, report.sources, strict=True):
            _tell(rehearsal, project, source, told)
        (report.persons,) = one(
            rehearsal.con, "select count(distinct person_id) from event_persons"
        )
        report.warnings += source_warnings(rehearsal.con, project, report)
    return report


def _ledger(directory: Path) -> tuple[Ledger | None, bool]:
    """What the warehouse knows: (source, content hash) → reading; and whether it is locked."""
    path = directory / "warehouse" / "private.duckdb"
    if not path.is_file():
        return {}, False
    try:
        with duckdb.connect(path, read_only=True) as con:
            rows = con.execute("select source, content_hash, reading from ledger").fetchall()
    except duckdb.IOException:
        return None, True
    except duckdb.Error:
        return {}, False
    return {(source, digest): reading for source, digest, reading in rows}, False


def _files(
    project: Project, source: Source, told: SourceReport, ledger: Ledger | None
) -> list[Rehearsed]:
    found = sorted(
        {path for each in source.files for path in matching_files(project.directory, each)}
    )
    reading, states = reading_fingerprint(project, source), Counter[str]()
    chosen: list[Rehearsed] = []
    left = MOST_BYTES
    for path in found:
        name = path.relative_to(project.directory).as_posix()
        known = None if ledger is None else ledger.get((source.name, content_hash(path)))
        if ledger is not None:
            states["new" if known is None else "known" if known == reading else "changed"] += 1
        if known is not None and known != reading:
            told.reread.append(name)
        left -= path.stat().st_size
        if left < 0 and chosen:
            states["left_out"] += 1
        else:
            chosen.append(Rehearsed(source, name, path))
    told.files = {"all": len(found), **states}
    return chosen


def _tell(rehearsal: Rehearsal, project: Project, source: Source, told: SourceReport) -> None:
    con, lands = rehearsal.con, FORMATS[source.format].lands
    landed = con.execute(
        "select file_id, file from private.ledger where source = $source", {"source": source.name}
    ).fetchall()
    ids = [number for number, _ in landed]
    told.rows, told.used, _ = figures.counts(con, lands, ids)
    told.rejects, told.skips = figures.rejects(con, ids), figures.skips(con, ids)
    told.first_at, told.last_at = figures.period(con, lands, ids)
    told.identifiers = figures.identifiers(con, lands, ids)
    told.blocked = figures.blocked(con, ids)
    if lands != "costs":
        told.kinds, _ = figures.kinds(con, ids, lands)
    if lands == "events":
        told.events, told.unmapped_events = one(
            con,
            "select count(*), count(*) filter (stage is null) from tagged_events "
            "where source = $source and not is_bot and not is_excluded",
            {"source": source.name},
        )
        (told.persons,) = one(
            con,
            "select count(distinct person_id) from event_persons "
            "semi join (from tagged_events where source = $source) using (ref)",
            {"source": source.name},
        )
    told.faults += [
        str(fault.message)
        for (name, owner), fault in rehearsal.faults.items()
        if owner == source.name
    ]
    limit = project.checks.max_reject_share
    for number, name in landed:
        read, _, bad = figures.counts(con, lands, [number])
        if bad > TOLERATED and bad > limit * read:
            told.faults.append(f"{name}: {bad:,} of {read:,} rows are bad (limit {limit:.1%})")
