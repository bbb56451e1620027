"""Propose when things happened: the column, how it is written, and what that leaves open."""

from __future__ import annotations

import duckdb

from journeyflow.check.context import Context
from journeyflow.check.draft import Draft
from journeyflow.check.masking import plain
from journeyflow.check.names import name_score
from journeyflow.check.times import TimeColumn, clock_column, find_times

ISO = "ISO 8601"
EPOCHS = {"epoch_s": "seconds", "epoch_ms": "milliseconds", "epoch_us": "microseconds"}
LOOK_ZONE = "UTC"


def settle_time(
    con: duckdb.DuckDBPyConnection, draft: Draft, context: Context, role: str = "occurred_at"
) -> bool:
    """Choose the column of moments; False where no column holds any.

    An order of day and month that the values do not prove, and a zone that nobody named,
    become questions.
    """
    times = find_times(con, draft.free())
    if not times:
        return False
    best = times[0]
    draft.map(best.column, role, _why(best), best.fits, "time")
    draft.has_offset, draft.is_day_only = best.has_offset, not best.has_clock
    if best.other:
        _ask_order(draft, best)
    elif best.format:
        draft.settings["time_format"] = best.format
    if best.fits < 1:
        draft.notes.append(
            f"{(1 - best.fits):.1%} of the values of {plain(best.column.name)!r} are written "
            "otherwise; their rows are rejected"
        )
    _clock_apart(con, draft, best)
    others = [each for each in times[1:] if name_score(role, each.column.name)]
    for each in times[1:]:
        draft.leave(each.column, "another time; a source reads one moment per row", "time")
    if others:
        names = ", ".join(repr(plain(each.column.name)) for each in others[:4])
        draft.notes.append(
            f"{names}: also times. A row becomes one event; for another, add a second [[sources]] "
            "with the same file, another name, kind and occurred_at"
        )
    if not draft.has_offset:
        _zone(draft, context)
    return True


def _why(best: TimeColumn) -> str:
    if best.format in EPOCHS:
        return f"{EPOCHS[best.format]} since 1970, which is UTC"
    spelled = best.format or ISO
    offset = "with its offset" if best.has_offset else "without an offset"
    text = f"{spelled}, {offset}"
    if best.proof:
        first = "month" if (best.format or "").startswith("%m") else "day"
        text += f"; {first} first, proved by {plain(best.proof)}"
    return text if best.has_clock else f"{text}; days without a time of day"


def _ask_order(draft: Draft, best: TimeColumn) -> None:
    formats = [best.format or "", best.other or ""]
    day_first = next(each for each in formats if each.startswith("%d"))
    example = plain(best.column.top[0][0])
    draft.ask(
        "time_format",
        f"is {example} in {plain(best.column.name)!r} day first or month first? "
        "No value in the file proves one of them",
        [f'time_format = "{each}"' for each in sorted(formats)],
    )
    draft.trial["time_format"] = day_first


def _clock_apart(con: duckdb.DuckDBPyConnection, draft: Draft, best: TimeColumn) -> None:
    clock = None if best.has_clock else clock_column(con, draft.free())
    if clock is None:
        if not best.has_clock:
            draft.notes.append(
                "the days have no time of day: the order within a day is that of the rows, and "
                "waits are whole days"
            )
        return
    draft.leave(clock, "a time of day apart from its date", "time")
    day, hour = plain(best.column.name), plain(clock.name)
    draft.notes.append(
        f"the date is in {day!r} and the time of day in {hour!r}; a source reads both from one "
        "column. As proposed, only the days are read and the order within a day is that of the "
        "rows. To keep the times, add a column that joins the two (in a spreadsheet: "
        '=TEXT(A2;"yyyy-mm-dd")&" "&TEXT(B2;"hh:mm:ss")) and check the file again'
    )


def _zone(draft: Draft, context: Context) -> None:
    if context.zone:
        draft.settings["timezone"] = context.zone
        draft.notes.append(
            f"the times have no offset and are read as {context.zone}, the project's zone; if the "
            "system that wrote them keeps another, change timezone"
        )
        return
    draft.trial["timezone"] = LOOK_ZONE
    draft.ask(
        "timezone",
        "the times have no offset: in which zone does the system that wrote the file keep them? "
        "Answer in the settings, or here with --timezone",
        ['timezone = "Area/City"'],
    )
