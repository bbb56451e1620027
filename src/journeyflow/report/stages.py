"""The stages: how many entered, and what became of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from journeyflow.figures import stage_curves
from journeyflow.figures import stages as stage_bars
from journeyflow.figures.curves import mature
from journeyflow.figures.safe import figure_parts
from journeyflow.language import SMALLEST_SHARE_BASE, Language
from journeyflow.report.context import Column, Context, Figure, Section, Table, records
from journeyflow.report.queries import (
    CURVES,
    EVENTS_IN_JOURNEYS,
    STAGES,
    UNMAPPED,
)


def stage_frame(ctx: Context) -> pd.DataFrame:
    """Stages of the period's journeys, with what is known of when an advance can be seen."""
    return ctx.journeys.query(STAGES)


def stages_section(ctx: Context, frame: pd.DataFrame, journeys: int) -> Section:
    """Bars and table of the stages."""
    words = ctx.words
    heading = words.text("stages.heading")
    if frame.empty:
        return Section("stages", heading, notes=[words.text("stages.none")])
    rows = list(records(frame))
    drawn = stage_bars(frame, language=words.code)
    notes = [words.text("stages.note"), *_uncovered(rows, ctx)]
    unmapped = int(ctx.of_period(UNMAPPED)["events"].sum())
    if unmapped:
        everything = int(ctx.of_period(EVENTS_IN_JOURNEYS)["events"].iloc[0])
        notes.append(
            words.text(
                "stages.unmapped",
                events=words.count("events", unmapped),
                all=words.number(everything),
            )
        )
    has_next = frame["advanced"].notna().any()
    return Section(
        name="stages",
        heading=heading,
        lead=words.text("stages.lead"),
        scope=ctx.scope(journeys),
        figure=Figure(*figure_parts(drawn, "stage-bars"), _summary(rows, words))
        if has_next
        else None,
        tables=[_table("stages", rows, words, _row)],
        folded=[(words.text("stages.naive"), _table("stages_naive", rows, words, _naive_row))]
        if has_next
        else (),
        notes=notes,
    )


def curves_sections(ctx: Context, journeys: int) -> list[Section]:
    """How many had gone on by each day; none where too few are known for it."""
    words = ctx.words
    frame = mature(ctx.journeys.query(CURVES))
    if frame.empty:
        return []
    parts = [
        words.text("curves.figure_part", stage=stage, days=words.number(rows["day"].iloc[-1]),
                   share=words.percent(rows["p_advanced"].iloc[-1], fine=True))
        for stage, rows in frame.groupby("stage", sort=False)
    ]  # fmt: skip
    label = words.text("curves.figure_label", parts="; ".join(parts))
    return [
        Section(
            name="stage-curves",
            heading=words.text("curves.heading"),
            lead=words.text("curves.lead"),
            scope=ctx.scope(journeys),
            figure=Figure(
                *figure_parts(stage_curves(frame, language=words.code), "stage-lines"), label
            ),
            notes=[words.text("curves.note")],
        )
    ]


def _uncovered(rows: list[dict[str, Any]], ctx: Context) -> list[str]:
    zone = str(ctx.project["timezone"])
    return [
        ctx.words.text(
            "stages.uncovered",
            stage=row["stage"],
            source=row["source"],
            moment=ctx.words.moment(row["covered_from"], zone),
            covered=ctx.words.number(row["covered"]),
            entered=ctx.words.number(row["entered"]),
        )
        for row in rows
        if row["source"] is not None and row["covered"] is not None
    ]


_TITLES = {
    "stages": (
        "stage", "owner", "entered", "started", "advanced", "lost", "open", "rate",
        "interval", "wait", "wait_p90", "exit",
    ),
    "stages_naive": ("stage", "rate", "so_far", "of_closed"),
}  # fmt: skip


def _table(
    name: str,
    rows: list[dict[str, Any]],
    words: Language,
    row: Callable[[dict[str, Any], Language], list[str]],
) -> Table:
    columns = [
        Column(words.text(f"stages.{title}"), number=title not in ("stage", "owner", "exit"))
        for title in _TITLES[name]
    ]
    caption = words.text("stages.caption" if name == "stages" else "stages.naive")
    told = rows if name == "stages" else [each for each in rows if each["advanced"] is not None]
    return Table(caption, columns, [row(each, words) for each in told])


def _row(row: dict[str, Any], words: Language) -> list[str]:
    rate, between = "–", "–"
    if row["rate"] is not None and row["covered"] >= SMALLEST_SHARE_BASE:
        rate = words.percent(row["rate"], fine=True)
        low, high = row["rate_low"], row["rate_high"]
        between = f"{words.percent(low, fine=True)} – {words.percent(high, fine=True)}"
    return [
        row["stage"],
        row["owner"] or words.text("stages.not_assigned"),
        words.number(row["entered"]),
        words.number(row["started_here"]),
        words.number(row["advanced"]),
        words.number(row["lost"]),
        words.number(row["open"]),
        rate,
        between,
        words.duration(row["wait_median_s"]),
        words.duration(row["wait_p90_s"]),
        row["exit_touchpoint"] or "–",
    ]


def _naive_row(row: dict[str, Any], words: Language) -> list[str]:
    closed = row["advanced"] + row["lost"]
    return [
        row["stage"],
        _row(row, words)[_TITLES["stages"].index("rate")],
        words.share(row["advanced"], row["entered"]) if row["entered"] else "–",
        words.share(row["advanced"], closed) if closed else "–",
    ]


def _summary(rows: list[dict[str, Any]], words: Language) -> str:
    parts = [
        words.text(
            "stages.figure_part",
            stage=row["stage"],
            **{name: words.number(row[name]) for name in ("advanced", "open", "lost")},
        )
        for row in rows
        if row["advanced"] is not None
    ]
    return words.text("stages.figure_label", parts="; ".join(parts))
