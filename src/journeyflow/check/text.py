"""Reports as plain text for a terminal of any width; nothing in it is markup."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from journeyflow.check.findings import FileReport, ProjectReport, Reject
from journeyflow.check.masking import plain
from journeyflow.check.text_project import project_lines

LABEL = 13
NARROWEST, WIDEST = 60, 160
SHORT = 28
#: What is said as a warning where the reader would refuse the file.
TOLERATED, LIMIT = 3, 0.01


def render(
    report: FileReport | ProjectReport | Sequence[FileReport], width: int | None = None
) -> str:
    """One report, or several, as text. `width` in characters; default: that of the terminal."""
    width = width or shutil.get_terminal_size((100, 40)).columns
    width = min(max(width, NARROWEST), WIDEST)
    if isinstance(report, ProjectReport):
        return "\n".join(project_lines(report, width, Page(width)))
    reports = [report] if isinstance(report, FileReport) else list(report)
    return "\n\n".join("\n".join(_file_lines(each, width)) for each in reports)


class Page:
    """Lays out labelled lines, tables and lists within a width."""

    def __init__(self, width: int) -> None:
        self.width = width

    def said(self, label: str, text: str) -> list[str]:
        """A label and its text, wrapped under itself."""
        return textwrap.wrap(
            plain(text),
            self.width,
            initial_indent=f"{label:<{LABEL}}",
            subsequent_indent=" " * LABEL,
            break_on_hyphens=False,
        )

    def listed(self, heading: str, items: Iterable[str]) -> list[str]:
        """A heading and numbered items; nothing where there are none."""
        lines = [
            line
            for number, item in enumerate(items, start=1)
            for line in textwrap.wrap(
                plain(item),
                self.width,
                initial_indent=f"  {number}. ",
                subsequent_indent="     ",
                break_on_hyphens=False,
            )
        ]
        return ["", heading, *lines] if lines else []

    def table(self, rows: Sequence[Sequence[str]], last_free: bool = True) -> list[str]:
        """Cells under each other; the last column takes what is left, and is cut there."""
        cells = [[plain(cell) for cell in row] for row in rows]
        widths = [
            min(max(map(len, column)), SHORT, self.width // 4)
            for column in zip(*cells, strict=True)
        ]
        if last_free:
            widths[-1] = max(self.width - 2 - sum(widths[:-1]) - 2 * (len(widths) - 1), 12)
        return [
            (
                "  "
                + "  ".join(
                    f"{plain(cell, room):<{room}}" for cell, room in zip(row, widths, strict=True)
                )
            ).rstrip()
            for row in cells
        ]


def _file_lines(report: FileReport, width: int) -> list[str]:
    page = Page(width)
    names = ", ".join(path.name for path in report.paths[:4])
    more = f" and {len(report.paths) - 4} more" if len(report.paths) > 4 else ""
    lines = [plain(names + more), "=" * min(len(names + more), width)]
    if report.described:
        lines += page.said("written as", report.described)
    if report.format:
        lines += page.said("read as", f"format {report.format}")
    if report.fault:
        lines += page.said("cannot use", report.fault)
        return lines + (page.said("way out", report.hint) if report.hint else [])
    lines += _figures(report, page)
    lines += _columns(report, page)
    if report.kinds:
        shown = f" (the {len(report.kinds)} most frequent of {report.kinds_in_all})"
        lines += ["", "kinds of event" + shown * (report.kinds_in_all > len(report.kinds))]
        lines += page.table([(f"{count:>9,}", kind) for kind, count in report.kinds])
    for number, row in enumerate(report.first_rows, start=1):
        told = ", ".join(f"{key} = {value}" for key, value in row.items() if key != "line")
        lines += ["", "the first records as journeyflow reads them"] if number == 1 else []
        lines += textwrap.wrap(
            plain(told),
            width,
            initial_indent=f"  {row.get('line', number)}. ",
            subsequent_indent="     ",
            break_on_hyphens=False,
        )
    lines += page.listed(
        "questions that the file cannot answer",
        (f"{each.text} {_choices(each.choices)}".strip() for each in report.questions),
    )
    lines += page.listed("to know", report.notes)
    lines += ["", *page.said("next", _next(report))]
    return [
        *lines,
        "",
        "settings for journeyflow.toml",
        "-" * min(29, width),
        "",
        report.settings_block.rstrip("\n"),
    ]


def _columns(report: FileReport, page: Page) -> list[str]:
    """What becomes of each column; nothing for a format that knows its own."""
    if not any(each.becomes for each in report.columns):
        return []
    rows = [
        (
            each.name,
            each.becomes or "-",
            "" if each.fits is None else f"{each.fits:.0%}",
            f"{each.why}; {' | '.join(each.examples)}".rstrip("; "),
        )
        for each in report.columns
    ]
    return [
        "",
        "columns",
        *page.table([("column", "becomes", "fits", "evidence; examples"), *rows]),
    ]


def _next(report: FileReport) -> str:
    if report.questions:
        return (
            f"answer the question{'s' * (len(report.questions) > 1)}, paste the block below into "
            "journeyflow.toml with the answers in it, then `journeyflow run`"
        )
    goal = (
        "take the signs # off what is success below"
        if report.conversions
        else ("name what counts as success: [journeys] conversions")
    )
    return (
        "the same command with --write adds the block below to journeyflow.toml (or paste it). "
        + (f"There, {goal}; then" if report.persons is not None else "Then")
        + " `journeyflow run`"
    )


def _choices(choices: Sequence[str]) -> str:
    return f"({'  or  '.join(choices)})" if choices else ""


def _figures(report: FileReport, page: Page) -> list[str]:
    part = "" if report.looked_at_all else " (columns judged by the first million)"
    lines = page.said(
        "rows",
        f"{report.rows:,} read, {report.used:,} used, {report.rejected:,} rejected"
        + "".join(f", {rows:,} skipped ({reason})" for reason, rows in report.skips)
        + part,
    )
    for each in report.rejects:
        lines += page.said("", rejected(each))
    if report.rejected > TOLERATED and report.rejected > LIMIT * report.rows:
        lines += page.said(
            "",
            "more than 1 % rejected: `run` will refuse this file until the "
            "settings fit, or [checks] max_reject_share is raised",
        )
    if report.first_at and report.last_at:
        zone = report.zone or "UTC"
        only = ", for this look only" if report.zone_assumed and not report.has_offset else ""
        lines += page.said(
            "period",
            f"{local(report.first_at, zone)} to {local(report.last_at, zone)} ({zone}{only})",
        )
    if report.busiest:
        begin, end, share = report.busiest
        lines += page.said(
            "hours",
            f"{share:.0%} of the events fall between {begin}:00 and {end}:00 "
            f"if read as {report.zone}. If your customers' day is another, "
            "so is the zone" * (not report.has_offset),
        )
    if report.persons is not None:
        types = ", ".join(f"{type} ({count:,})" for type, count in report.identifiers.items())
        share = report.events_with_person / report.used if report.used else 0
        lines += page.said(
            "persons",
            f"{report.persons:,}, who did {share:.0%} of the events; "
            f"identifiers: {types or 'none'}",
        )
    for type, reason, rows in report.blocked[:5]:
        lines += page.said("", f"{type}: {rows:,} rows hold no identifier ({reason})")
    if report.conversions:
        lines += page.said("success", "likely: " + ", ".join(report.conversions))
    if report.losses:
        lines += page.said("loss", "likely: " + ", ".join(report.losses))
    return lines


def rejected(each: Reject) -> str:
    """A reject reason in words."""
    column = f"{each.column}: " if each.column else ""
    example = f", such as {each.example!r}" if each.example else ""
    return f"{column}{each.reason}{example} ({each.rows:,} rows, first row {each.first_line})"


def local(instant: str, zone: str) -> str:
    """An instant on the wall clock of a zone; a day as it is."""
    if len(instant) == len("2026-01-01"):
        return instant
    return f"{datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
