"""Which columns hold moments, and how they are written. The reader's own casts are the test."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

from journeyflow.check.names import OTHER_WORDS, TELLING, name_score, words
from journeyflow.check.profile import Column, join, one

DATES = (
    "%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%d-%m-%Y",
    "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y",
    "%B %d, %Y", "%b %d %Y", "%d-%b-%Y", "%d-%b-%y", "%d/%b/%Y", "%a, %d %b %Y", "%m.%d.%Y",
)  # fmt: skip
JOINS = (" ", ", ", "T", ":", "")
CLOCKS = ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%I:%M:%S %p", "%I:%M %p", "%I:%M%p", "%H%M%S")
ZONES = ("", "%z", " %z")
DAYLESS = tuple(product(CLOCKS, ZONES))
TAILS = ("", *("".join(parts) for parts in product(JOINS, CLOCKS, ZONES)))
DIRECTIVES = {
    "%Y": r"\d{4}", "%y": r"\d\d", "%m": r"\d\d?", "%d": r"\d\d?", "%b": r"[A-Za-z]{3}",
    "%B": r"[A-Za-z]{3,9}", "%a": r"[A-Za-z]{3}", "%H": r"\d\d?", "%M": r"\d\d?", "%S": r"\d\d?",
    "%f": r"\d{1,6}", "%I": r"\d\d?", "%p": r"[AaPp][Mm]", "%z": r"(?:Z|[+-]\d\d:?\d\d)",
}  # fmt: skip
EPOCHS = {"epoch_s": 1, "epoch_ms": 1_000, "epoch_us": 1_000_000}
SWAP = str.maketrans("dm", "md")
ENOUGH = 0.9
MOST = 0.5
LONGEST = 45
ISO = (
    "coalesce(if(has_offset(v), try_cast(iso_offset(v) as timestamptz), null), "
    "if(is_iso_local(v), try_cast(v as timestamp), null)::timestamptz)"
)
FORMATTED = "try_strptime(v, $format)::timestamptz"
SANE = "between timestamptz '1990-01-01' and now() + interval 1 day"
CLOCKED = "not is_midnight(v)"  # a midnight in all rows is that of a date in a moment's clothes
TO_COME = "> now() + interval 1 day"
DAY_WORDS, CLOCK_WORDS = TELLING["day"], TELLING["clock"]
ANOTHER = OTHER_WORDS["occurred_at"]
#: A row without its time of day is rejected, and a file with more of them than this is refused.
FILLED = 0.99


@dataclass(frozen=True)
class TimeColumn:
    """A column of moments. `format` is the `time_format` it needs, None for ISO 8601.

    `fits` is the share of its rows that parse; `other` the month and day swapped, where the
    values prove neither; `proof` a value that only this order reads; `clock` the column that
    holds the time of day, where it stands apart from the date.
    """

    column: Column
    format: str | None
    fits: float
    has_offset: bool
    has_clock: bool
    other: str | None = None
    proof: str | None = None
    clock: Column | None = None

    @property
    def score(self) -> float:
        """Better the more its name says so; a clock beats a bare day."""
        named = name_score("occurred_at", self.column.name)
        shaped = 0 if (self.format or "").startswith("epoch") or self.format == "%Y%m%d" else 1.5
        return named + shaped + 1.2 * self.has_clock + 2 * self.fits + self.column.fill


def find_times(columns: list[Column]) -> list[TimeColumn]:
    """All columns of which at least nine tenths parse one way, the best first."""
    found = [each for column in columns if (each := time_column(column)) is not None]
    return sorted(found, key=lambda each: (-each.score, each.column.place))


def time_column(column: Column) -> TimeColumn | None:
    """How the column's moments are written; None where it holds none."""
    has_digits = column.filled and column.share(lambda v: any(map(str.isdigit, v))) >= ENOUGH
    if not has_digits or column.longest > LONGEST:
        return None
    fits = _fit(column, ISO)
    if fits:
        has_offset = column.share_of_rows("has_offset(v)") >= ENOUGH
        has_clock = column.share_of_rows(f"v like '%:%' and {CLOCKED}") >= 1 - ENOUGH
        return TimeColumn(column, None, fits, has_offset, has_clock)
    is_named = name_score("occurred_at", column.name) > 0
    # Digits alone may be anything; only a name makes them a moment.
    for name, per_second in EPOCHS.items() if is_named else ():
        fits = _fit(column, f"epoch_instant(v, {per_second})")
        if fits:
            return TimeColumn(column, name, fits, has_offset=True, has_clock=True)
    found = _formatted(column)
    return found if is_named or not found or found.format != "%Y%m%d" else None


def _fit(column: Column, moment: str, **values: str) -> float:
    """Share of the rows that hold such a moment; 0 unless at least nine tenths do.

    Plans and slips of the pen lie in the future: those are moments too, which the reader
    rejects, as long as half of the rows lie in the past.
    """
    fits = column.share_of_rows(f"{moment} {SANE}", **values)
    to_come = column.share_of_rows(f"{moment} {TO_COME}", **values) if MOST <= fits < ENOUGH else 0
    return fits if fits + to_come >= ENOUGH else 0.0


def _formatted(column: Column) -> TimeColumn | None:
    few = column.sample[:12]
    seen = Counter(format for value in few for format in _spellings(value))
    shares = {
        format: _fit(column, FORMATTED, format=format)
        for format in sorted(seen)
        if 2 * seen[format] >= len(few)
    }
    best = max(shares, key=lambda each: shares[each], default="")
    if not best or not shares[best]:
        return None
    twin = _swapped(best)
    # Where plans for the future stand in the file, to lie in the future proves nothing.
    least = shares[best] if shares[best] >= ENOUGH else MOST
    is_equal = twin is not None and shares.get(twin, 0.0) >= least
    # No country writes month.day.year with dots (CLDR), so dots are evidence enough.
    is_dotted = best[2] == "."
    if twin and is_equal and is_dotted and best.startswith("%m"):
        best, twin = twin, best
    return TimeColumn(
        column,
        best,
        shares[best],
        has_offset=best.endswith("%z"),
        has_clock=(":" in best or "%H" in best) and column.share_of_rows(CLOCKED) >= 1 - ENOUGH,
        other=twin if is_equal and not is_dotted else None,
        proof=_proof(column, best, twin) if twin and not is_equal else None,
    )


def _swapped(format: str) -> str | None:
    """The format with day and month changed places, where both are numbers."""
    fitting = [each for each in DATES if format.startswith(each)]
    date = max(fitting, key=len, default="")
    if not date.startswith(("%d", "%m")) or "%b" in date.lower():
        return None
    return date.translate(SWAP) + format[len(date) :]


@cache
def _pattern(format: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"%\w", lambda match: DIRECTIVES[match[0]], re.escape(format)))


def is_clock(value: str) -> bool:
    """The text is a time of day and no more."""
    return ":" in value and any(_pattern("".join(each)).fullmatch(value) for each in DAYLESS)


def _spellings(value: str) -> Iterator[str]:
    """The formats that a value is spelled in; whether it is a date then, DuckDB says."""
    for date in DATES:
        begun = _pattern(date).match(value)
        if begun:
            rest = value[begun.end() :]
            yield from (date + tail for tail in TAILS if _pattern(tail).fullmatch(rest))


def _proof(column: Column, format: str, twin: str) -> str | None:
    """The first value that is no moment, or one yet to come, with day and month swapped."""
    row = one(
        column.con,
        f"select v from v{column.place} where {FORMATTED} {SANE} and not "
        f"coalesce(try_strptime(v, $twin)::timestamptz {SANE}, false) order by first limit 1",
        {"format": format, "twin": twin},
    )
    return str(row[0]) if row else None


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
