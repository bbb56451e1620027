"""Look at export files of unknown origin and propose how to read them."""

from __future__ import annotations

import glob
import re
import tempfile
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb

from journeyflow.check.answers import read_answers, take_answers
from journeyflow.check.block import likely_outcomes, outside_block, source_block, suggestions
from journeyflow.check.draft import Context, Draft, Taken, claimed_by, project_context
from journeyflow.check.drafting import fill_draft
from journeyflow.check.findings import ColumnFinding, FileReport
from journeyflow.check.looking import look
from journeyflow.check.masking import mask, plain
from journeyflow.check.nobody import tell_nobody
from journeyflow.check.own_formats import tell_goals
from journeyflow.check.profile import Column, connect, load_raw, profile
from journeyflow.check.standing import take_what_stands
from journeyflow.check.trial import try_out
from journeyflow.errors import DataError, JourneyflowError
from journeyflow.project import source_table
from journeyflow.sources import workbooks
from journeyflow.sources.files import inner_suffix, plain_bytes
from journeyflow.sources.formats import FORMATS

EXAMPLES = 3
MOST_NAMED = 5
DIGITS = re.compile(r"\d+")
LATER = re.compile(r"\d+(?:[_-]\d+)*")
CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
LATIN = "a b v g d e e zh z i y k l m n o p r s t u f h ts ch sh sch _ y _ e yu ya"
EXPORT_WORDS = re.compile(
    r"(?<![^\W_])(?:export(?:ed)?|data|file|full|final|copy|new|report|выгрузка|экспорт|отчет|отчёт|"
    r"csv|от|за|from|to)(?![^\W_])",
    re.IGNORECASE,
)


def check_files(
    paths: Iterable[Path],
    project_dir: Path | None = None,
    *,
    timezone: str | None = None,
    currency: str | None = None,
    encoding: str | None = None,
    answers: Iterable[str] = (),
) -> list[FileReport]:
    """Say what each export is and propose its `[[sources]]`; nothing is written anywhere.

    In: files; the project that they are meant for (default: the current folder), whose zone,
    currency and phone region are taken over; `timezone` and `currency` answer for a project
    that has none, `encoding` and `answers` (settings as the questions of a report show them)
    for what the files do not say. A file that a source of the project reads already is looked
    at as that source reads it. Files of one folder that are written alike make one report. A
    file that cannot be used has a `fault` in its report. Raises SettingsError for a broken
    journeyflow.toml, an unknown zone or currency, or an answer that is none.
    """
    said = read_answers(answers, encoding=encoding)
    context = project_context(project_dir, timezone, currency, said)
    names = {str(each.get("name")) for each in context.sources}
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
        with (
            tempfile.TemporaryDirectory(prefix="journeyflow-check-") as scratch,
            closing(connect(Path(scratch))) as con,
        ):
            _propose(report, context, con, Path(scratch))
    except JourneyflowError as fault:
        report.fault, report.hint = fault.message, fault.hint
        report.settings_block = ""
    except OSError as fault:
        report.fault = f"{fault.filename}: {fault.strerror}"
    return report


def _propose(
    report: FileReport, context: Context, con: duckdb.DuckDBPyConnection, scratch: Path
) -> None:
    """Judge the largest file by its columns, and try what it says on all of them."""
    largest = max(report.paths, key=lambda path: path.stat().st_size)
    if largest.is_dir():
        raise DataError(
            f"{largest}: a folder; expected files", "name the files in it, as in dir/*.csv"
        )
    claimed = claimed_by(context, largest)
    standing = source_table(claimed) if claimed else None
    if standing:
        report.claimed_by, report.name = standing.name, standing.name
        if any(context.answers.values()):
            report.notes.append("the answers given are not used: those of the settings hold")
        context = replace(context, answers={})
    known = standing.model_dump(exclude_defaults=True) if standing else context.answers.get("", {})
    with plain_bytes(largest, scratch) as plain_file:
        is_workbook = largest.suffix.lower() == workbooks.SUFFIX
        sheet = workbooks.title_of(largest, largest.name) if is_workbook else None
        found = look(plain_file, largest.name, inner_suffix(largest), known, sheet)
        plain_columns, nested = load_raw(con, plain_file, largest.name, found)
        columns = profile(con, plain_columns)
    report.described = found.described
    if not columns or not columns[0].rows:
        message = f"{largest.name}: {found.described}; no rows below the header"
        hint = "a quiet night is fine for `run`, but there is nothing to look at"
        raise DataError("; ".join([message, *found.notes]), hint)
    draft = Draft(
        columns,
        context,
        nested,
        found.above,
        settings={**found.settings, **context.answers.get("", {})},
    )
    try:
        fill_draft(draft, event_stem(largest))
    except DataError:
        if not standing:  # which says what the columns alone do not
            raise
    if standing:
        take_what_stands(draft, standing)
    else:
        take_answers(draft)
    report.format = draft.format
    report.notes += [*found.notes, *draft.notes]
    if len(report.paths) > 1:
        report.notes.append(f"the columns are judged by the largest file, {largest.name}")
    report.columns = [_finding(each, draft) for each in columns]
    report.paths = (largest, *(path for path in report.paths if path != largest))
    try_out(report, draft)
    _close(report, draft)


def _finding(column: Column, draft: Draft) -> ColumnFinding:
    taken = draft.taken.get(column.name, Taken(None, "not needed", masked_as="text"))
    shown = dict.fromkeys(mask(value, taken.masked_as) for value, _ in column.top[: 2 * EXAMPLES])
    why, fits = taken.why if column.filled else "no values", taken.fits if taken.becomes else None
    examples = tuple(shown)[:EXAMPLES]
    return ColumnFinding(
        column.name, taken.becomes, why, fits, column.fill, column.distinct, examples
    )


def _close(report: FileReport, draft: Draft) -> None:
    """Settle the block, once the trial has told what the kinds are."""
    if draft.region and "identity" in draft.context.settings:
        draft.ask(
            "region",
            f"the phones have no country code and are valid as {draft.region}: are they?",
            [f'[identity] region = "{draft.region}"'],
        )
    tell_nobody(report, draft)
    tell_goals(report, draft)
    block = ""
    if draft.standing is None:
        patterns, later = _patterns(report, draft)
        block = source_block(draft, report.name, patterns, later) + outside_block(draft)
    if FORMATS[draft.format].lands == "events" and report.kinds:
        conversions, losses = likely_outcomes(report, draft)
        report.conversions = [list(when.values())[-1] for when in conversions]
        report.losses = [list(when.values())[-1] for when in losses]
        if draft.standing is None:
            block += suggestions(draft, conversions, losses, report.touchpoints)
    report.questions, report.settings_block = draft.questions, block


def _patterns(report: FileReport, draft: Draft) -> tuple[list[str], str | None]:
    """The files as `files` must name them, and a pattern for those to come."""
    directory = draft.context.directory
    patterns: list[str] = []
    later = None
    for path in sorted(report.paths):
        full = path.resolve()
        place = f"exports/{path.name}"
        if full.is_relative_to(directory):
            place = full.relative_to(directory).as_posix()
        elif not patterns:
            draft.ask(
                "files",
                f"{path} lies outside the project folder {directory}: copy it to "
                f"{directory / 'exports'} first",
            )
        patterns.append(glob.escape(place))
        folder, slash, name = place.rpartition("/")
        if DIGITS.search(name):
            later = glob.escape(folder) + slash + LATER.sub("*", glob.escape(name))
    if later is None or len(patterns) <= MOST_NAMED:
        return patterns, later
    met = {path for path in directory.glob(later) if path.is_file()}
    more = met - {path.resolve() for path in report.paths}
    if more:
        report.notes.append(
            f"{later} takes {len(more)} more file{'s' * (len(more) > 1)} of that folder, "
            f"such as {min(more).name}"
        )
    return [later], None


def event_stem(path: Path) -> str:
    """What a file's name says its rows are: `orders` for `export_orders_2026-10.csv.gz`."""
    name = plain(path.name).split(".", 1)[0]
    name = re.sub(r"\d+", " ", name)
    bare = EXPORT_WORDS.sub(" ", name.replace("_", " "))
    words = re.findall(r"[^\W_]+", bare) or re.findall(r"[^\W_]+", name)
    return "_".join(words).lower() or "event"


def source_name(path: Path, taken: AbstractSet[str]) -> str:
    """A free name for a source of this file, in the letters that names of sources may have."""
    letters = str.maketrans(dict(zip(CYRILLIC, LATIN.split(), strict=True)))
    latin = event_stem(path).translate(letters)
    name = re.sub(r"[^a-z0-9_]+", "_", latin.replace("__", "_")).strip("_") or "source"
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free
