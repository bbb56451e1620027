"""Check a whole project: its settings, and what its files would give, without touching it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb

from journeyflow.check import figures
from journeyflow.check.findings import ProjectReport, SourceReport
from journeyflow.check.nobody import MANY, WAY_OUT
from journeyflow.check.profile import one
from journeyflow.check.rehearsal import rehearse
from journeyflow.identity.types import IdClass, class_of
from journeyflow.language import words_in
from journeyflow.project import Project, load_project, source_files
from journeyflow.settings import Source
from journeyflow.sources.companions import Companion
from journeyflow.sources.files import content_hash
from journeyflow.sources.formats import FORMATS
from journeyflow.sources.landing import TOLERATED
from journeyflow.warehouse.pending import reading_fingerprint
from journeyflow.warehouse.settings_tables import conversion_rules
from journeyflow.warehouse.warnings import unclaimed_files, unmet_rules

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
        report.silences = figures.silences(con, project.sessions.timeout)
        report.warnings += _warnings(con, project, report)
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
        told.events, told.unmapped_events, told.events_of_nobody, told.persons = one(
            con,
            "select count(*) filter (counts), count(*) filter (counts and unmapped), "
            "count(*) filter (counts and person_id is null), count(distinct person_id) "
            "from (select *, not is_bot and not is_excluded as counts, "
            "stage is null and (conversion_rules is null or not exists "
            "(from stages where name = 'purchase')) as unmapped "
            "from tagged_events where source = $source) left join event_persons using (ref)",
            this,
        )


def _warnings(con: duckdb.DuckDBPyConnection, project: Project, report: ProjectReport) -> list[str]:
    """Sources that cannot meet, conversions counted twice, a funnel without stages."""
    return [
        *_strangers(report),
        *_two_deliver(con, project),
        *_no_stages(project, report),
        *_company_conversions(con),
        *unmet_rules(con, project, "tagged_events"),
        *unclaimed_files(project),
        *_personless(project, report),
        *_of_nobody(report),
    ]


def _strangers(report: ProjectReport) -> list[str]:
    """Sources with rows that share no type of identifier with any other."""
    types = {each.name: each.identifiers.keys() for each in report.sources if each.identifiers}
    found = []
    for name, mine in types.items():
        others = {type for other, theirs in types.items() if other != name for type in theirs}
        if others and not mine & others:
            found.append(
                f"source {name!r} shares no type of identifier with the others: it has "
                f"{', '.join(sorted(mine))}, they have {', '.join(sorted(others))}; its journeys "
                "will never meet theirs"
            )
    return found


def _two_deliver(con: duckdb.DuckDBPyConnection, project: Project) -> list[str]:
    """Two sources deliver conversions and no rule says which."""
    rules = conversion_rules(project)
    if not rules:
        return []
    rows = con.execute(
        "with listed as ("
        " select deal_key, max(order_key) as listed_order from tagged_events"
        " where kind = 'deal_created' group by deal_key"
        ") select distinct source, unnest(conversion_rules) as rule, "
        "count(coalesce(order_key, listed_order)) over (partition by source) = 0 as without_order "
        "from tagged_events left join listed using (deal_key) "
        "where conversion_rules is not null order by all"
    ).fetchall()
    found = []
    for goal in dict.fromkeys(goal for _, goal in rules):
        numbers = {n for n, (_, each) in enumerate(rules, start=1) if each == goal}
        delivering = [row for row in rows if row[1] in numbers]
        found_in = {source for source, _, _ in delivering}
        sources = [each.name for each in project.sources if each.name in found_in]
        loose = [
            source for source, rule, _ in delivering if "source" not in rules[rule - 1][0].when
        ]
        if len(sources) > 1 and loose:
            found.append(
                f"{' and '.join(sources)} both deliver conversions, and no rule says which counts: "
                f'write "{sources[0]}:kind" in the order of trust, or one of them only'
            )
        apart = sorted({source for source, _, without in delivering if without})
        if len(sources) > 1 and apart:
            found.append(
                f"{', '.join(apart)}: conversions without an order_id; the same purchase reported "
                "by another source counts twice"
            )
    return found


def _no_stages(project: Project, report: ProjectReport) -> list[str]:
    if not project.stages:
        return ["there are no [[stages]]: no stage table, and no map columns"]
    events = sum(each.events for each in report.sources)
    unmapped = sum(each.unmapped_events for each in report.sources)
    if not unmapped:
        return []
    share = words_in("en").percent(unmapped / events)
    return [f"{unmapped:,} of {events:,} events ({share}) have no stage"]


def _company_conversions(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Conversions that are the company's own acts: they convert a running journey alone."""
    return [
        f"{kind!r} is a conversion and one of company_kinds: it converts a journey that is running "
        f"and begins none, so that {alone:,} of its {events:,} events, of persons who had done "
        "nothing before, count for no journey. Where customers do it, take it out of company_kinds"
        for kind, events, alone in con.execute(
            "select kind, count(*), count(*) filter (not has_acted) from ("
            " select kind, is_company, conversion_rules, bool_or(not is_company)"
            " over (partition by person_id order by occurred_at) as has_acted"
            " from tagged_events inner join event_persons using (ref, occurred_at)"
            " where not is_bot and not is_excluded"
            ") where is_company and conversion_rules is not null group by kind order by kind"
        ).fetchall()
    ]


def _personless(project: Project, report: ProjectReport) -> list[str]:
    # The lists beside a history say whose its deals are.
    told = {each.companion_of for each in project.sources if isinstance(each, Companion)}
    return [
        f"source {each.name!r} holds nothing that stands for a person "
        f"({', '.join(each.identifiers) or 'no identifiers'}): its rows only attach to persons of "
        "other sources"
        for each in report.sources
        if FORMATS[each.format].lands == "events"
        and each.used
        and each.name not in told
        and IdClass.MERGE not in {class_of(t, project.identity.types) for t in each.identifiers}
    ]


def _of_nobody(report: ProjectReport) -> list[str]:
    return [
        f"source {each.name!r}: {each.events_of_nobody / each.events:.0%} of the events belong to "
        f"nobody and come into no journey. {WAY_OUT.get(each.format, WAY_OUT['table'])}"
        for each in report.sources
        if each.events and each.events_of_nobody >= MANY * each.events
    ]
