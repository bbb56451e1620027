"""Reports as plain text for a terminal of any width."""

from __future__ import annotations

import shutil
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import zip_longest
from zoneinfo import ZoneInfo

from journeyflow.check.findings import Figures, FileReport, ProjectReport, SourceReport
from journeyflow.check.masking import plain
from journeyflow.language import words_in
from journeyflow.settings import Checks
from journeyflow.sources.landing import TOLERATED

LABEL = 13
SHORT = 28
MOST_BLOCKED = 5
NARROWEST, WIDEST = 60, 160
MOST_NAMED = 5
STATES = {
    "new": "new",
    "known": "known",
    "changed": "to be read again",
    "left_out": "not looked at",
}


class Page:
    """A text that grows line by line."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[str] = []

    def title(self, text: str, sign: str) -> None:
        """A line, and one of signs below it."""
        self.lines += [plain(text), sign * min(len(plain(text)), self.width)]

    def said(self, label: str, text: str) -> None:
        """A label and its text, wrapped under itself."""
        self._wrapped(f"{label:<{LABEL}}", text)

    def listed(self, heading: str, items: Iterable[str]) -> None:
        """A heading and numbered items; nothing where there are none."""
        for number, item in enumerate(items, start=1):
            if number == 1:
                self.lines += ["", heading]
            self._wrapped(f"  {number}. ", item)

    def table(self, heading: str, rows: Sequence[Sequence[str]]) -> None:
        """Cells under each other, each wrapped in its column; the last one takes what is left."""
        cells = [[plain(cell) for cell in row] for row in rows]
        widths = [
            min(max(map(len, column)), SHORT, 2 * self.width // 7)
            for column in zip(*cells, strict=True)
        ]
        widths[-1] = max(self.width - 2 * len(widths) - sum(widths[:-1]), 12)
        self.lines += ["", heading]
        for row in cells:
            wrapped = [
                textwrap.wrap(cell, room, break_on_hyphens=False) or [""]
                for cell, room in zip(row, widths, strict=True)
            ]
            for parts in zip_longest(*wrapped, fillvalue=""):
                fitted = (f"{part:<{room}}" for part, room in zip(parts, widths, strict=True))
                self.lines.append("  " + "  ".join(fitted).rstrip())

    def figures(self, told: Figures, zone: str, only: str = "") -> None:
        """How many rows were used and why others were not, and the period that they cover."""
        skips = "".join(f", {rows:,} skipped ({reason})" for reason, rows in told.skips)
        counts = f"{told.rows:,} read, {told.used:,} used, {told.rejected:,} rejected"
        self.said("rows", counts + skips)
        for each in told.rejects:
            column = f"{each.column}: " if each.column else ""
            example = f", such as {each.example!r}" if each.example else ""
            where = f"({each.rows:,} rows, first row {each.first_line})"
            self.said("", f"rejected: {column}{each.reason}{example} {where}")
        if told.first_at and told.last_at:
            first, last = (_local(each, zone) for each in (told.first_at, told.last_at))
            self.said("period", f"{first} to {last} ({zone}{only})")

    def people(self, told: Figures, text: str) -> None:
        """What tells people apart, and which values of it do not."""
        types = ", ".join(f"{type} ({count:,})" for type, count in told.identifiers.items())
        self.said("persons", f"{text}; identifiers: {types or 'none'}")
        for type, reason, rows in told.blocked[:MOST_BLOCKED]:
            self.said("", f"{type}: {rows:,} rows hold no identifier ({reason})")

    def silences(self, told: dict[str, float]) -> None:
        """How long persons fall silent and still come back; nothing where too few did."""
        if told:
            count, *spans = told.values()
            over, half, most, nearly_all = map(_span, spans)
            self.said(
                "silences",
                f"{count:,} of more than {over} between events of one person: half up to {half}, "
                f"90% up to {most}, 99% up to {nearly_all}. [journeys] lost_after should be longer "
                "than nearly all of them; none can be seen that is longer than the data",
            )

    def _wrapped(self, start: str, text: str) -> None:
        self.lines += textwrap.wrap(
            plain(text),
            self.width,
            initial_indent=start,
            subsequent_indent=" " * len(start),
            break_on_hyphens=False,
        )


def _span(seconds: float) -> str:
    """A time that passed, in its largest unit."""
    units = ((86_400, "days"), (3_600, "hours"), (60, "minutes"))
    size, name = next((each for each in units if seconds >= 2 * each[0]), units[-1])
    return f"{seconds / size:.3g} {name}"


def _local(instant: str, zone: str) -> str:
    """An instant on the wall clock of a zone; a day as it is."""
    if len(instant) == len("2026-01-01"):
        return instant
    return f"{datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def render(
    report: FileReport | ProjectReport | Sequence[FileReport],
    width: int | None = None,
    *,
    writes: bool = False,
) -> str:
    """One report, or several, as text. `width` in characters; default: that of the terminal.

    `writes` says that the proposed settings are about to be written, as the user asked.
    """
    width = width or shutil.get_terminal_size((100, 40)).columns
    width = min(max(width, NARROWEST), WIDEST)
    texts = []
    for each in [report] if isinstance(report, FileReport | ProjectReport) else report:
        page = Page(width)
        _project(each, page) if isinstance(each, ProjectReport) else _file(each, page, writes)
        texts.append("\n".join(page.lines))
    return "\n\n".join(texts)


def _file(report: FileReport, page: Page, writes: bool) -> None:
    names = ", ".join(path.name for path in report.paths[:MOST_NAMED])
    more = len(report.paths) - MOST_NAMED
    page.title(names + (f" and {more} more" if more > 0 else ""), "=")
    if report.described:
        page.said("written as", report.described)
    if report.format:
        page.said("read as", f"format {report.format}")
    if report.claimed_by:
        count = len(report.questions)
        still = "" if report.fault else f"; open questions: {count or 'none'}"
        page.said("settings", f"journeyflow.toml already reads it as {report.claimed_by!r}{still}")
    if report.fault:
        page.said("cannot use", report.fault)
        if report.hint:
            page.said("way out", report.hint)
        return
    _figures(report, page)
    if any(each.becomes for each in report.columns):
        rows = [("column", "becomes", "fits", "evidence; examples")]
        for each in report.columns:
            told = f"{each.why}; {' | '.join(each.examples)}".rstrip("; ")
            fits = "" if each.fits is None else words_in("en").percent(each.fits)
            rows.append((each.name, each.becomes or "-", fits, told))
        page.table("columns", rows)
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
    page.said("next", _next(report, writes))
    if report.settings_block:
        page.lines.append("")
        page.title("settings for journeyflow.toml", "-")
        page.lines += ["", report.settings_block.rstrip("\n")]


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
        share = report.events_with_person / report.landed if report.landed else 0
        did = words_in("en").percent(share)
        page.people(report, f"{report.persons:,}, who did {did} of the events")
        page.silences(report.silences)
    for label, names in (("success", report.conversions), ("loss", report.losses)):
        if names:
            page.said(label, "likely: " + ", ".join(names))


def _next(report: FileReport, writes: bool) -> str:
    some = f"the question{'s' * (len(report.questions) > 1)}"
    if report.claimed_by and report.questions:
        return f"answer {some} in journeyflow.toml, in the source {report.claimed_by!r}"
    if report.claimed_by:
        return (
            "nothing: the project reads this file already, and a second source would count it "
            "twice. `journeyflow check DIR` looks at all that it reads"
        )
    if report.questions:
        return (
            f"answer {some}: the same command with --write and, for each, --answer 'LINE' adds the "
            "block below to journeyflow.toml; or paste it and answer there. Then `journeyflow run`"
        )
    goal = "Then"
    if report.conversions:
        goal = "There, take the signs # off what is success below; then"
    elif report.persons is not None:
        goal = "There, name what counts as success (see [journeys] conversions); then"
    how = "the same command with --write adds the block below to journeyflow.toml (or paste it)"
    if writes:
        how = "the block below goes into journeyflow.toml"
    return f"{how}. {goal} `journeyflow run`"


def _project(report: ProjectReport, page: Page) -> None:
    page.title(str(report.directory), "=")
    page.lines.append("the settings are valid")
    for each in report.sources:
        page.lines.append("")
        _source(each, report.zone, page)
    page.lines.append("")
    page.said("persons", f"{report.persons:,} over all sources")
    page.silences(report.silences)
    page.listed("warnings", report.warnings)
    faults = sum(len(each.faults) for each in report.sources)
    states = sum((Counter(each.files) for each in report.sources), Counter[str]())
    verdict = "no fault was found"
    if faults:
        verdict = f"a run would stop at {faults} fault{'s' * (faults > 1)} and publish nothing"
    elif states["new"] or states["changed"]:
        some = f"{states['new'] + states['changed']} of {states['all']} files; it knows the others"
        verdict = f"a run would read {some if states['known'] else 'all of this'}"
    elif states["known"]:
        verdict = "all of this was read before and has not changed: a run would read no file"
    page.lines += ["", verdict]


def _source(each: SourceReport, zone: str, page: Page) -> None:
    page.title(f"{each.name} (format {each.format})", "-")
    states = [f"{each.files[key]} {word}" for key, word in STATES.items() if key in each.files]
    page.said("files", ", ".join([f"{each.files['all']} in all", *states]))
    page.figures(each, zone)
    if each.kinds:
        page.said("kinds", ", ".join(f"{kind} {count:,}" for kind, count in each.kinds))
    if each.identifiers or each.events:
        share = 1 - each.events_of_nobody / each.events if each.events else 0
        did = f", who did {words_in('en').percent(share)} of the events" if each.events else ""
        page.people(each, f"{each.persons:,}{did}")
    if each.unmapped_events:
        part = words_in("en").percent(each.unmapped_events / each.events)
        page.said("no stage", f"{each.unmapped_events:,} of {each.events:,} events ({part})")
    for name in each.reread[:MOST_NAMED]:
        page.said("", f"to be read again, since the settings changed: {name}")
    for fault in each.faults:
        page.said("FAULT", fault)
