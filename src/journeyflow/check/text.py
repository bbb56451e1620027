"""Reports as plain text for a terminal of any width."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from journeyflow.check.findings import FileReport, ProjectReport, SourceReport
from journeyflow.check.page import Page
from journeyflow.settings import Checks
from journeyflow.sources.landing import TOLERATED

NARROWEST, WIDEST = 60, 160
MOST_NAMED = 5
STATES = {
    "new": "new",
    "known": "known",
    "changed": "to be read again",
    "left_out": "not looked at",
}


def render(
    report: FileReport | ProjectReport | Sequence[FileReport], width: int | None = None
) -> str:
    """One report, or several, as text. `width` in characters; default: that of the terminal."""
    width = width or shutil.get_terminal_size((100, 40)).columns
    width = min(max(width, NARROWEST), WIDEST)
    texts = []
    for each in [report] if isinstance(report, FileReport | ProjectReport) else report:
        page = Page(width)
        _project(each, page) if isinstance(each, ProjectReport) else _file(each, page)
        texts.append("\n".join(page.lines))
    return "\n\n".join(texts)


def _file(report: FileReport, page: Page) -> None:
    names = ", ".join(path.name for path in report.paths[:MOST_NAMED])
    more = len(report.paths) - MOST_NAMED
    page.title(names + (f" and {more} more" if more > 0 else ""), "=")
    if report.described:
        page.said("written as", report.described)
    if report.format:
        page.said("read as", f"format {report.format}")
    if report.fault:
        page.said("cannot use", report.fault)
        if report.hint:
            page.said("way out", report.hint)
        return
    _figures(report, page)
    if any(each.becomes for each in report.columns):
        page.table("columns", [("column", "becomes", "fits", "evidence; examples"), *_rows(report)])
    if report.kinds:
        part = f" (the {len(report.kinds)} most frequent of {report.kinds_in_all})"
        heading = "kinds of event" + part * (report.kinds_in_all > len(report.kinds))
        page.table(heading, [(f"{count:>9,}", kind) for kind, count in report.kinds])
    page.listed(
        "the first records as journeyflow reads them",
        (
            f"row {row['line']}: "
            + ", ".join(f"{key} = {value}" for key, value in row.items() if key != "line")
            for row in report.first_rows
        ),
    )
    page.listed(
        "questions that the file cannot answer",
        (
            each.text + (f" ({'  or  '.join(each.choices)})" if each.choices else "")
            for each in report.questions
        ),
    )
    page.listed("to know", report.notes)
    page.lines.append("")
    page.said("next", _next(report))
    page.lines.append("")
    page.title("settings for journeyflow.toml", "-")
    page.lines += ["", report.settings_block.rstrip("\n")]


def _rows(report: FileReport) -> list[tuple[str, str, str, str]]:
    """What becomes of each column."""
    return [
        (
            each.name,
            each.becomes or "-",
            "" if each.fits is None else f"{each.fits:.0%}",
            f"{each.why}; {' | '.join(each.examples)}".rstrip("; "),
        )
        for each in report.columns
    ]


def _figures(report: FileReport, page: Page) -> None:
    is_assumed = report.zone_assumed and not report.has_offset
    page.figures(report, report.zone, ", for this look only" if is_assumed else "")
    limit = Checks().max_reject_share
    if report.rejected > TOLERATED and report.rejected > limit * report.rows:
        page.said(
            "",
            f"more than {limit:.0%} rejected: `run` will refuse this file until the settings fit, "
            "or [checks] max_reject_share is raised",
        )
    if report.busiest:
        begin, end, share = report.busiest
        page.said(
            "hours",
            f"{share:.0%} of the events fall between {begin}:00 and {end}:00 if read as "
            f"{report.zone}. "
            + "If your customers' day is another, so is the zone"
            * (not report.has_offset),
        )
    if report.persons is not None:
        share = report.events_with_person / report.used if report.used else 0
        page.people(report, f"{report.persons:,}, who did {share:.0%} of the events")
    for label, names in (("success", report.conversions), ("loss", report.losses)):
        if names:
            page.said(label, "likely: " + ", ".join(names))


def _next(report: FileReport) -> str:
    if report.questions:
        return (
            f"answer the question{'s' * (len(report.questions) > 1)}, paste the block below into "
            "journeyflow.toml with the answers in it, then `journeyflow run`"
        )
    goal = "Then"
    if report.conversions:
        goal = "There, take the signs # off what is success below; then"
    elif report.persons is not None:
        goal = "There, name what counts as success: [journeys] conversions; then"
    return (
        "the same command with --write adds the block below to journeyflow.toml (or paste it). "
        f"{goal} `journeyflow run`"
    )


def _project(report: ProjectReport, page: Page) -> None:
    page.title(str(report.directory), "=")
    page.lines.append("the settings are valid")
    for each in report.sources:
        page.lines.append("")
        _source(each, report.zone, page)
    page.lines.append("")
    page.said("persons", f"{report.persons:,} over all sources")
    page.listed("warnings", report.warnings)
    faults = sum(len(each.faults) for each in report.sources)
    verdict = "a run would read all of this"
    if faults:
        verdict = f"a run would stop at {faults} fault{'s' * (faults > 1)} and publish nothing"
    page.lines += ["", verdict]


def _source(each: SourceReport, zone: str, page: Page) -> None:
    page.title(f"{each.name} (format {each.format})", "-")
    states = [f"{each.files[key]} {word}" for key, word in STATES.items() if key in each.files]
    page.said("files", ", ".join([f"{each.files['all']} in all", *states]))
    page.figures(each, zone)
    if each.kinds:
        page.said("kinds", ", ".join(f"{kind} {count:,}" for kind, count in each.kinds))
    if each.identifiers or each.events:
        page.people(each, f"{each.persons:,}")
    if each.unmapped_events:
        page.said("no stage", f"{each.unmapped_events / each.events:.1%} of the events")
    for name in each.reread[:MOST_NAMED]:
        page.said("", f"to be read again, since the settings changed: {name}")
    for fault in each.faults:
        page.said("FAULT", fault)
