"""Look at export files of unknown origin and propose how to read them."""

from __future__ import annotations

import glob
import re
import tempfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import duckdb

from journeyflow.check.block import identity_block, outside_questions, source_block, suggestions
from journeyflow.check.context import Context, claimed_by, project_context
from journeyflow.check.draft import Draft
from journeyflow.check.drafting import make_draft
from journeyflow.check.findings import ColumnFinding, FileReport, Question
from journeyflow.check.looking import look
from journeyflow.check.masking import mask
from journeyflow.check.names_of_sources import event_stem, source_name
from journeyflow.check.profile import Column, profile
from journeyflow.check.raw import MOST_ROWS, connect, load_raw
from journeyflow.check.success import likely_outcomes
from journeyflow.check.trial import try_out
from journeyflow.errors import DataError, JourneyflowError
from journeyflow.sources.files import inner_suffix, plain_bytes
from journeyflow.sources.formats import FORMATS

EXAMPLES = 3
MOST_NAMED = 5
DIGITS = re.compile(r"\d+")
LATER = re.compile(r"\d+(?:[_-]\d+)*")


def check_files(
    paths: Iterable[Path],
    project_dir: Path | None = None,
    *,
    timezone: str | None = None,
    currency: str | None = None,
) -> list[FileReport]:
    """Say what each export is and propose its `[[sources]]`; nothing is written anywhere.

    In: files; the project that they are meant for (default: the current folder), whose zone,
    currency and phone region are taken over; `timezone` and `currency` answer for a project
    that has none. Files of one folder that are written alike make one report. A file that
    cannot be used has a `fault` in its report. Raises SettingsError for a broken
    journeyflow.toml or an unknown zone or currency.
    """
    context = project_context(project_dir, timezone, currency)
    names = set(context.source_names)
    reports = []
    for group in _groups(list(paths)):
        report = _check(group, context, names)
        names.add(report.name)
        reports.append(report)
    return reports


def _groups(paths: list[Path]) -> list[list[Path]]:
    """Files of one folder whose names differ in digits only are one kind of export."""
    groups: dict[tuple[Path, str], list[Path]] = {}
    for path in dict.fromkeys(paths):
        groups.setdefault((path.parent, DIGITS.sub("0", path.name)), []).append(path)
    return [sorted(group) for group in groups.values()]


def _check(group: list[Path], context: Context, names: set[str]) -> FileReport:
    report = FileReport(tuple(group), source_name(group[0], names))
    try:
        _propose(report, context)
    except JourneyflowError as fault:
        report.fault, report.hint = fault.message, fault.hint
        report.settings_block = ""
    except OSError as fault:
        report.fault = f"{fault.filename}: {fault.strerror}"
    return report


def _propose(report: FileReport, context: Context) -> None:
    with closing(connect()) as con:
        _look_closely(report, context, con)


def _look_closely(report: FileReport, context: Context, con: duckdb.DuckDBPyConnection) -> None:
    largest = max(report.paths, key=lambda path: path.stat().st_size)
    if largest.is_dir():
        raise DataError(
            f"{largest}: a folder; expected files", "name the files in it, as in dir/*.csv"
        )
    with (
        tempfile.TemporaryDirectory() as scratch,
        plain_bytes(largest, Path(scratch)) as plain_file,
    ):
        found = look(plain_file, largest.name, inner_suffix(largest))
        columns = profile(con, load_raw(con, plain_file, largest.name, found))
    rows = columns[0].rows if columns else 0
    report.described, report.looked_at_all = found.described, rows < MOST_ROWS
    if not rows:
        message = f"{largest.name}: {found.described}; no rows below the header"
        hint = "a quiet night is fine for `run`, but there is nothing to look at"
        raise DataError("; ".join([message, *found.notes]), hint)
    draft = make_draft(con, columns, found.settings, context, event_stem(largest))
    report.format = draft.format
    report.notes = [*found.notes, *draft.notes]
    report.claimed_by = claimed_by(context, largest)
    if report.claimed_by:
        report.notes.insert(
            0,
            f"the source {report.claimed_by!r} reads this file already; a second would count "
            "everything twice, so --write adds nothing",
        )
    if len(report.paths) > 1:
        report.notes.append(f"the columns are judged by the largest file, {largest.name}")
    report.columns = [_finding(each, draft) for each in columns]
    report.paths = (largest, *(path for path in report.paths if path != largest))
    try_out(report, draft, context, con)
    _close(report, draft, context)


def _finding(column: Column, draft: Draft) -> ColumnFinding:
    taken = draft.taken.get(column.name)
    why = "no values" if not column.filled else taken.why if taken else "not needed"
    masked_as = taken.masked_as if taken else "text"
    examples = dict.fromkeys(mask(value, masked_as) for value, _ in column.top[: 2 * EXAMPLES])
    return ColumnFinding(
        name=column.name,
        becomes=taken.becomes if taken else None,
        why=why,
        fits=taken.fits if taken and taken.becomes else None,
        filled=column.fill,
        distinct=column.distinct,
        examples=tuple(examples)[:EXAMPLES],
    )


def _close(report: FileReport, draft: Draft, context: Context) -> None:
    """Settle the block, once the trial has told what the kinds are."""
    conversions, losses = likely_outcomes(report, draft)
    report.conversions = [list(when.values())[-1] for when in conversions]
    report.losses = [list(when.values())[-1] for when in losses]
    patterns, later = _patterns(report, context, draft)
    if draft.region and context.has_identity:
        draft.ask(
            "region",
            f"the phones have no country code and are valid as {draft.region}: are they?",
            [f'[identity] region = "{draft.region}"'],
        )
    report.questions = draft.questions
    report.settings_block = (
        source_block(draft, report.name, patterns, later)
        + identity_block(draft, context)
        + outside_questions(draft)
        + (suggestions(context, conversions, losses, report) if _is_events(draft) else "")
    )


def _is_events(draft: Draft) -> bool:
    return FORMATS[draft.format].lands == "events"


def _patterns(report: FileReport, context: Context, draft: Draft) -> tuple[list[str], str | None]:
    """The files as `files` must name them, and a pattern for those to come."""
    patterns, later = [], None
    for path in sorted(report.paths):
        full = path.resolve()
        if full.is_relative_to(context.directory):
            place = full.relative_to(context.directory).as_posix()
        else:
            place = f"exports/{path.name}"
        patterns.append(glob.escape(place))
        folder, _, name = place.rpartition("/")
        if DIGITS.search(name):
            pattern = LATER.sub("*", glob.escape(name))
            later = f"{glob.escape(folder)}/{pattern}" if folder else pattern
    if later and len(patterns) > MOST_NAMED:
        met = {path for path in context.directory.glob(later) if path.is_file()}
        more = met - {path.resolve() for path in report.paths}
        if more:
            report.notes.append(
                f"{later} takes {len(more)} more file{'s' * (len(more) > 1)} of that folder, "
                f"such as {min(more).name}"
            )
        patterns, later = [later], None
    outside = [
        path for path in report.paths if not path.resolve().is_relative_to(context.directory)
    ]
    if outside:
        draft.questions.append(
            Question(
                "files",
                f"{outside[0]} lies outside the project folder {context.directory}: copy it to "
                f"{context.directory / 'exports'} first",
            )
        )
    return patterns, later
