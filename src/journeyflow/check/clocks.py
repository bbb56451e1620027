"""A moment in two columns: which column holds the time of day that belongs to a date."""

from __future__ import annotations

from dataclasses import replace

from journeyflow.check.names import OTHER_WORDS, name_score, words
from journeyflow.check.profile import Column, join
from journeyflow.check.times import ENOUGH, TimeColumn, is_clock, time_column

DAY_WORDS = frozenset(["date", "day", "дата", "день", "of"])
CLOCK_WORDS = frozenset(["time", "hour", "clock", "время", "час", "of", "day"])
ANOTHER = frozenset(OTHER_WORDS["occurred_at"].split())
#: A row without its time of day is rejected, and a file with more of them than this is refused.
FILLED = 0.99


def clock_columns(columns: list[Column]) -> list[Column]:
    """The columns that hold nothing but times of day, and are not named as spans of time."""
    return [
        column
        for column in columns
        if column.share(is_clock) >= ENOUGH
        and not any(name_score(role, column.name) for role in ("duration_s", "wait_s"))
    ]


def pairs_of(days: list[TimeColumn], clocks: list[Column]) -> list[tuple[TimeColumn, bool]]:
    """The moments that dates and times of day make together, as far as the reader can read them.

    Out: each moment, the likeliest first, and whether it is certain: no other column's name
    belongs to either of the two as well, and hardly any row lacks its time of day.
    """
    ranks = {
        (day, clock): rank
        for day in days
        for clock in clocks
        if (rank := _belonging(day.column.name, clock.name)) is not None
    }
    found = []
    for (day, clock), rank in sorted(ranks.items(), key=lambda pair: -pair[1]):
        joined = join(day.column, clock)
        moment = time_column(joined)
        if moment is None or not moment.has_clock:
            continue
        rivals = [
            other
            for (its_day, its_clock), other in ranks.items()
            if (its_day == day) is not (its_clock == clock)
        ]
        is_best = rank > 0 and rank > max(rivals, default=0)
        certain = is_best and joined.filled >= FILLED * day.column.filled
        found.append((replace(moment, column=day.column, clock=clock), certain))
    return found


def _belonging(day: str, clock: str) -> int | None:
    """How surely the names say that two columns are one moment: 3 to 0, None where they cannot.

    `call_date` and `call_time` do, and so do a date and a plain `time`; of `created_date` and
    `call_time` nobody knows, and a time of the end belongs to a date of the end alone.
    """
    of_day, of_clock = set(words(day).split()), set(words(clock).split())
    says_clock = bool(of_clock & CLOCK_WORDS)
    rest = of_clock - CLOCK_WORDS
    if says_clock and rest == of_day - DAY_WORDS:
        return 3
    if (of_day | rest) & ANOTHER:
        return None
    if says_clock and not rest:
        return 2
    if not of_day - DAY_WORDS and (
        name_score("occurred_at", clock) >= 3 or name_score("hour", clock) >= 3
    ):
        return 1
    return 0
