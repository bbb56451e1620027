"""The stages: how many entered, and what became of them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeyflow.analysis.shares import wilson
from journeyflow.figures import stages as stage_bars
from journeyflow.figures.safe import figure_parts
from journeyflow.language import SMALLEST_SHARE_BASE, Language
from journeyflow.report.context import Column, Context, Figure, Section, Table, records
from journeyflow.report.queries import EVENTS_IN_JOURNEYS, STAGES, STAGES_OF_PERIOD, UNMAPPED


def stage_frame(ctx: Context) -> pd.DataFrame:
    """Stage counts of the period; the published ones where no period was asked for."""
    if ctx.period.unbounded:
        return ctx.frame(STAGES)
    return ctx.of_period(STAGES_OF_PERIOD)


def stages_section(ctx: Context, frame: pd.DataFrame, journeys: int) -> Section:
    """Bars and table of the stages."""
    words = ctx.words
    heading = words.text("stages.heading")
    if frame.empty:
        return Section("stages", heading, notes=[words.text("stages.none")])
    rows = list(records(frame))
    drawn = stage_bars(frame, language=words.code)
    notes = [words.text("stages.note")]
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
        tables=[_table(rows, words)],
        notes=notes,
    )


def _table(rows: list[dict[str, Any]], words: Language) -> Table:
    titles = (
        "stage", "owner", "entered", "started", "advanced", "lost", "open", "so_far",
        "interval", "wait", "wait_p90", "exit",
    )  # fmt: skip
    columns = [
        Column(words.text(f"stages.{title}"), number=title not in ("stage", "owner", "exit"))
        for title in titles
    ]
    return Table(words.text("stages.caption"), columns, [_row(row, words) for row in rows])


def _row(row: dict[str, Any], words: Language) -> list[str]:
    advanced, entered = row["advanced"], row["entered"]
    so_far, between = "–", "–"
    if advanced is not None and entered:
        so_far = words.share(advanced, entered)
        low, high = wilson(advanced, entered)
        if entered >= SMALLEST_SHARE_BASE:
            between = f"{words.percent(low, fine=True)} – {words.percent(high, fine=True)}"
    return [
        row["stage"],
        row["owner"] or words.text("stages.not_assigned"),
        words.number(entered),
        words.number(row["started_here"]),
        words.number(advanced),
        words.number(row["lost"]),
        words.number(row["open"]),
        so_far,
        between,
        words.duration(row["wait_median_s"]),
        words.duration(row["wait_p90_s"]),
        row["exit_touchpoint"] or "–",
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
