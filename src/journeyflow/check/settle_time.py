"""Propose when things happened: the column, how it is written, and what that leaves open."""

from __future__ import annotations

from dataclasses import replace

from journeyflow.check.answers import column_as_said
from journeyflow.check.draft import Draft
from journeyflow.check.masking import plain
from journeyflow.check.names import name_score
from journeyflow.check.profile import Column, join
from journeyflow.check.times import (
    TimeColumn,
    clock_columns,
    find_times,
    pairs_of,
    time_column,
)
from journeyflow.clashes import MOMENTS
from journeyflow.errors import SettingsError
from journeyflow.spelling import toml


def settle_time(draft: Draft, role: str = "occurred_at") -> bool:
    """Choose the column of moments; False where no column holds any.

    An order of day and month that the values do not prove, and a zone that nobody named,
    become questions.
    """
    said = draft.said(role)
    told = _as_said(draft, said) if said else None
    times = find_times(draft.free())
    if not (told or times):
        return False
    clocks = clock_columns(draft.free())
    best = told or (_whole_moment(draft, times, clocks, role) if role in MOMENTS else times[0])
    draft.map(best.column, role, _why(best), best.fits)
    draft.has_offset, draft.is_day_only = best.has_offset, not best.has_clock
    if best.clock:
        draft.map_clock(best.clock, role, f"the time of day of {plain(best.column.name)!r}")
    if best.other:
        _ask_order(draft, best)
    elif best.format:
        draft.settings["time_format"] = best.format
    if not best.has_clock and role not in {each.about for each in draft.questions}:
        draft.notes.append(
            "the days have no time of day: the order within a day is that of the rows, and "
            "waits are whole days"
        )
    times = [each for each in times if each.column is not best.column]
    others = [each for each in times if name_score("occurred_at", each.column.name)]
    for each in times:
        draft.leave(each.column, "another time; a source reads one moment per row", "time")
    for clock in clocks:
        if clock.name not in draft.taken:
            draft.leave(clock, "a time of day apart from its date", "time")
    if others and role != "ordered_at":  # an order is one event, whatever became of it
        names = ", ".join(repr(plain(each.column.name)) for each in others[:4])
        draft.notes.append(
            f"{names}: also times. A row becomes one event; for another, add a second [[sources]] "
            "with the same file, another name, kind and occurred_at"
        )
    if not draft.has_offset and role in MOMENTS:  # no zone moves a day of an account
        settle_zone(draft)
    return True


def _as_said(draft: Draft, said: object) -> TimeColumn:
    """The moment of the column, or of the date and the time of day, that an answer names.

    Raises SettingsError where the file has no such columns, or they hold no moments.
    """
    columns = [column_as_said(draft, each) for each in (said if isinstance(said, list) else [said])]
    found = time_column(join(*columns) if len(columns) == 2 else columns[0])
    if found is None:
        raise SettingsError(f"--answer: {said!r} holds no moments that journeyflow can read")
    return replace(found, column=columns[0], clock=columns[1] if len(columns) == 2 else None)


def _why(best: TimeColumn) -> str:
    text = best.format or "ISO 8601"
    text += ", with its offset" if best.has_offset else ", without an offset"
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


def _whole_moment(
    draft: Draft, times: list[TimeColumn], clocks: list[Column], role: str
) -> TimeColumn:
    """The best moment of all columns, and of all dates with a time of day in another column.

    A column that is named as the moment and has its clock is better than any two. Where names
    and values do not tell which time of day belongs to the date, that becomes a question.
    """
    best = times[0]
    if best.has_clock and name_score("occurred_at", best.column.name) >= 3:
        return best
    pairs = pairs_of([each for each in times if not each.has_clock], clocks)
    certain = [moment for moment, is_certain in pairs if is_certain]
    likeliest = max(certain, key=lambda each: each.score, default=None)
    if likeliest and likeliest.score >= best.score:
        return likeliest
    apart = [each for each in clocks if each not in [pair.clock for pair in certain]]
    unsure = [each for each, _ in pairs if each.column == best.column and each.clock in apart]
    if unsure:
        _ask_clock(draft, best, unsure, role)
    elif apart and not best.has_clock:
        listing = ", ".join(repr(plain(each.name)) for each in apart)
        draft.notes.append(
            f"{listing}: times of day, which could not be read together with "
            f"{plain(best.column.name)!r}"
        )
    return best


def _ask_clock(draft: Draft, day: TimeColumn, found: list[TimeColumn], role: str) -> None:
    choices = []
    for each in found:
        names = [each.column.name, each.clock.name if each.clock else ""]
        format = f"    # and time_format = {toml(each.format)}" if each.format else ""
        choices.append(f"{role} = {toml(names)}{format}")
    draft.ask(
        role,
        f"does a column of times of day belong to {plain(day.column.name)!r}? A row in which the "
        "one or the other is empty is rejected",
        [*choices, f"{role} = {toml(day.column.name)}"],
    )


def settle_zone(draft: Draft) -> None:
    """Times without an offset are read in the project's zone, or in one that is asked for."""
    if draft.context.zone:
        draft.settings["timezone"] = draft.context.zone
        draft.notes.append(
            f"the times have no offset and are read as {draft.context.zone}, the project's zone; "
            "if the system that wrote them keeps another, change timezone"
        )
        return
    draft.trial["timezone"] = "UTC"
    draft.ask(
        "timezone",
        "the times have no offset: in which zone does the system that wrote the file keep them? "
        "Answer in the settings, or here with --timezone",
        ['timezone = "Area/City"'],
    )
