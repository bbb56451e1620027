"""A project's report as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journeyflow.check.findings import ProjectReport, SourceReport
from journeyflow.check.masking import plain

if TYPE_CHECKING:
    from journeyflow.check.text import Page

STATES = {
    "new": "new",
    "known": "known",
    "changed": "to be read again",
    "left_out": "not looked at",
}


def project_lines(report: ProjectReport, width: int, page: Page) -> list[str]:
    """Each source under its name, then what is worth a warning."""
    title = plain(report.directory)
    lines = [title, "=" * min(len(title), width), "the settings are valid"]
    for each in report.sources:
        lines += ["", *_source(each, report.zone, page)]
    lines += ["", *page.said("persons", f"{report.persons:,} over all sources")]
    lines += page.listed("warnings", report.warnings)
    faults = sum(len(each.faults) for each in report.sources)
    verdict = "a run would read all of this"
    if faults:
        verdict = f"a run would stop at {faults} fault{'s' * (faults > 1)} and publish nothing"
    return [*lines, "", verdict]


def _source(each: SourceReport, zone: str, page: Page) -> list[str]:
    from journeyflow.check.text import local, rejected

    states = ", ".join(
        f"{each.files[key]} {word}" for key, word in STATES.items() if key in each.files
    )
    lines = [plain(f"{each.name} (format {each.format})")]
    lines += page.said("  files", f"{each.files.get('all', 0)}" + (f": {states}" if states else ""))
    skips = "".join(f", {rows:,} skipped ({reason})" for reason, rows in each.skips)
    lines += page.said("  rows", f"{each.rows:,} read, {each.used:,} used{skips}")
    for reject in each.rejects:
        lines += page.said("", "rejected: " + rejected(reject))
    if each.first_at and each.last_at:
        lines += page.said(
            "  period", f"{local(each.first_at, zone)} to {local(each.last_at, zone)} ({zone})"
        )
    if each.kinds:
        lines += page.said("  kinds", ", ".join(f"{kind} {count:,}" for kind, count in each.kinds))
    if each.identifiers:
        known = ", ".join(f"{type} {count:,}" for type, count in each.identifiers.items())
        lines += page.said("  known by", known)
    for type, reason, rows in each.blocked[:5]:
        lines += page.said("", f"{type}: {rows:,} rows hold no identifier ({reason})")
    if each.events:
        lines += page.said("  persons", f"{each.persons:,}")
    if each.unmapped_events:
        lines += page.said("  no stage", f"{each.unmapped_events / each.events:.1%} of the events")
    for name in each.reread[:5]:
        lines += page.said("", f"to be read again, since the settings changed: {name}")
    for fault in each.faults:
        lines += page.said("  FAULT", fault)
    return lines
