"""How the data came in: joins of sources, rows set aside, and the reconciliation."""

from __future__ import annotations

import pandas as pd

from journeyflow.language import Language
from journeyflow.report.context import Column, Context, Section, Table, records
from journeyflow.report.queries import (
    FILES,
    OUTSIDE,
    OVERLAP,
    RECONCILIATION,
    REJECTS,
    SKIPPED,
    UNMAPPED,
    WARNINGS,
)
from journeyflow.report.restated import restated_parts

COUNTS = ("rows_read", "rows_used", "duplicates", "rejects", "skipped", "unmapped")
_TITLES = ("read", "used", "duplicates", "rejects", "skipped", "unmapped")
MOST_ROWS = 20
LEFT_OUT = ("bots", "nobody", "company", "later", "excluded")


def overlap_section(ctx: Context) -> Section:
    """The matrix of persons that sources have in common."""
    words = ctx.words
    heading = words.text("overlap.heading")
    frame = ctx.frame(OVERLAP)
    if frame.empty:
        return Section("sources", heading, notes=[words.text("overlap.none")])
    persons = {(a, b): n for a, b, n in frame.itertuples(index=False)}
    sources = sorted({source for pair in persons for source in pair})
    if len(sources) == 1:
        number = words.number(persons[sources[0], sources[0]])
        notes = [words.text("overlap.single", persons=number, source=sources[0])]
        return Section("sources", heading, notes=notes)
    rows = []
    for source in sources:
        own = persons.get((source, source), 0)
        cells = [_common(persons.get((source, other), 0), own, words) for other in sources]
        cells[sources.index(source)] = words.number(own)
        rows.append([source, *cells])
    columns = [
        Column(words.text("overlap.source")),
        *(Column(source, number=True) for source in sources),
    ]
    return Section(
        name="sources",
        heading=heading,
        lead=words.text("overlap.lead"),
        scope=words.text("page.whole_store"),
        tables=[Table(words.text("overlap.caption"), columns, rows)],
    )


def quality_section(ctx: Context) -> Section:
    """Rows per source and file, then what was rejected, skipped and left without a stage."""
    words = ctx.words
    heading = words.text("quality.heading")
    files = ctx.frame(FILES)
    warnings = [words.stored(warning) for warning in ctx.frame(WARNINGS)["warning"]]
    if files.empty:
        notes = [words.text("quality.none")]
        return Section("quality", heading, notes=notes, warnings=warnings)
    return Section(
        name="quality",
        heading=heading,
        lead=words.text("quality.lead"),
        scope=words.text("page.whole_store"),
        warnings=warnings,
        tables=[_by_source(files, words)],
        folded=[(words.text("quality.files_details"), _by_file(ctx, files))],
        parts=[*restated_parts(ctx), _rejects(ctx), _skipped(ctx), _outside(ctx), _unmapped(ctx)],
    )


def reconciliation_section(ctx: Context) -> Section:
    """Every rule with its two sides; the ones that do not hold first."""
    words = ctx.words
    frame = ctx.frame(RECONCILIATION)
    bad = int((~frame["holds"].astype(bool)).sum())
    state = "none" if frame.empty else "bad" if bad else "good"
    lead = words.text(
        f"reconciliation.lead_{state}",
        rules=words.count("rules", len(frame)),
        bad=words.number(bad),
    )
    shown: list[list[str]] = []
    held_files: list[list[str]] = []
    for row in records(frame):
        # One such rule per file: those that hold would drown the others.
        per_file = row["holds"] and str(row["rule"]).startswith("rows of ")
        (held_files if per_file else shown).append([
            words.stored(row["rule"]),
            _side(row["left_value"], words),
            _side(row["right_value"], words),
            words.text("reconciliation.yes" if row["holds"] else "reconciliation.no"),
        ])  # fmt: skip
    columns = [
        Column(words.text(f"reconciliation.{name}"), number=name in ("left", "right"))
        for name in ("rule", "left", "right", "holds")
    ]
    caption = words.text("reconciliation.caption")
    return Section(
        name="reconciliation",
        heading=words.text("reconciliation.heading"),
        lead=lead,
        scope=words.text("page.whole_store"),
        tables=[Table(caption, columns, shown)] if shown else [],
        folded=[(words.text("reconciliation.files"), Table(caption, columns, held_files))]
        if held_files
        else [],
        alarm=bad > 0,
    )


def _by_source(files: pd.DataFrame, words: Language) -> Table:
    sums = files.groupby("source")[list(COUNTS)].sum()
    number = files.groupby("source").size()
    rows = [
        [source, words.number(number[source]), *(words.number(n) for n in sums.loc[source])]
        for source in sums.index
    ]
    total = [
        words.text("channels.total"), words.number(len(files)),
        *(words.number(n) for n in sums.sum()),
    ]  # fmt: skip
    columns = [
        Column(words.text("quality.source")),
        Column(words.text("quality.files"), number=True),
        *_count_columns(words),
    ]
    return Table(words.text("quality.caption_sources"), columns, rows, total)


def _by_file(ctx: Context, files: pd.DataFrame) -> Table:
    words, zone = ctx.words, str(ctx.project["timezone"])
    rows = [
        [
            row["file"],
            row["source"],
            *(words.number(row[name]) for name in COUNTS),
            *(words.moment(row[at], zone) if row[at] else "–"
              for at in ("first_event_at", "last_event_at")),
        ]
        for row in records(files)
    ]  # fmt: skip
    columns = [
        Column(words.text("quality.file")),
        Column(words.text("quality.source")),
        *_count_columns(words),
        Column(words.text("quality.first"), number=True),
        Column(words.text("quality.last"), number=True),
    ]
    return Table(words.text("quality.caption_files"), columns, rows)


def _rejects(ctx: Context) -> Section:
    words = ctx.words
    rows = [
        [row["column"] or "–", words.stored(row["reason"]), row["source"],
         words.number(row["rows"]),
         words.text("quality.line", file=row["file"], line=words.number(row["line"]))]
        for row in records(ctx.frame(REJECTS))
    ]  # fmt: skip
    return _part(words, "rejects", ("column", "reason", "source", "rows", "where"), rows)


def _skipped(ctx: Context) -> Section:
    words = ctx.words
    rows = [
        [words.stored(row["reason"]), row["source"], words.number(row["rows"]), row["file"]]
        for row in records(ctx.frame(SKIPPED))
    ]
    return _part(words, "skipped", ("reason", "source", "rows", "where"), rows)


def _outside(ctx: Context) -> Section:
    """Which events are in journeys, and why the others are not; only reasons that there are."""
    words = ctx.words
    counts = ctx.frame(OUTSIDE).pivot_table("events", "source", "place", "sum", fill_value=0)
    reasons = [each for each in LEFT_OUT if each in counts]
    if not reasons:
        return _part(words, "outside", (), [])
    counts = counts.reindex(columns=["in_journeys", *reasons], fill_value=0)
    counts.insert(0, "events", counts.sum(axis=1))
    rows = [[str(source), *map(words.number, row)] for source, *row in counts.itertuples()]
    total = [words.text("channels.total"), *map(words.number, counts.sum())]
    columns = [
        Column(words.text("quality.source")),
        *(Column(words.text(f"quality.{each}"), number=True) for each in counts),
    ]
    table = Table(words.text("quality.outside_caption"), columns, rows, total)
    heading, lead = (words.text(f"quality.outside_{each}") for each in ("heading", "lead"))
    return Section("outside", heading, lead=lead, tables=[table])


def _unmapped(ctx: Context) -> Section:
    words = ctx.words
    rows = [
        [row["touchpoint"] or words.text("sankey.none"), words.number(row["events"]),
         words.number(row["journeys"])]
        for row in records(ctx.frame(UNMAPPED, begin=None, before=None))
    ]  # fmt: skip
    lead = words.text("quality.unmapped_lead") if rows else ""
    return _part(words, "unmapped", ("touchpoint", "events", "journeys"), rows, lead)


def _part(
    words: Language, name: str, titles: tuple[str, ...], rows: list[list[str]], lead: str = ""
) -> Section:
    heading = words.text(f"quality.{name}_heading")
    if not rows:
        return Section(name, heading, notes=[words.text(f"quality.{name}_none")])
    columns = [
        Column(words.text(f"quality.{title}"), number=title in ("rows", "events", "journeys"))
        for title in titles
    ]
    table = Table(words.text(f"quality.{name}_caption"), columns, rows[:MOST_ROWS])
    left = len(rows) - MOST_ROWS
    notes = [words.text("quality.more", n=words.number(left))] if left > 0 else []
    return Section(name, heading, lead=lead, tables=[table], notes=notes)


def _count_columns(words: Language) -> list[Column]:
    return [Column(words.text(f"quality.{title}"), number=True) for title in _TITLES]


def _common(n: int, own: int, words: Language) -> str:
    shares = own > 0 and words.share(n, own)
    return f"{words.number(n)} ({shares})" if shares and shares.endswith("%") else words.number(n)


def _side(value: str | None, words: Language) -> str:
    try:
        number = float(value or "")
    except ValueError:
        return value or "–"
    return words.number(number, 0 if number.is_integer() else 2)
