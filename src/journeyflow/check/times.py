"""Which columns hold moments, and how they are written. The reader's own casts are the test."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product

import duckdb

from journeyflow.check.names import name_score
from journeyflow.check.profile import Column
from journeyflow.check.raw import one

DATES = (
    "%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%d-%m-%Y",
    "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y",
    "%B %d, %Y", "%b %d %Y", "%d-%b-%Y", "%d-%b-%y", "%d/%b/%Y", "%a, %d %b %Y", "%m.%d.%Y",
)  # fmt: skip
JOINS = (" ", ", ", "T", ":", "")
CLOCKS = ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%I:%M:%S %p", "%I:%M %p", "%I:%M%p", "%H%M%S")
ZONES = ("", "%z", " %z")
TAILS = ("", *("".join(parts) for parts in product(JOINS, CLOCKS, ZONES)))
DIRECTIVES = {
    "%Y": r"\d{4}", "%y": r"\d\d", "%m": r"\d\d?", "%d": r"\d\d?", "%b": r"[A-Za-z]{3}",
    "%B": r"[A-Za-z]{3,9}", "%a": r"[A-Za-z]{3}", "%H": r"\d\d?", "%M": r"\d\d?", "%S": r"\d\d?",
    "%f": r"\d{1,6}", "%I": r"\d\d?", "%p": r"[AaPp][Mm]", "%z": r"(?:Z|[+-]\d\d:?\d\d)",
}  # fmt: skip
EPOCHS = {"epoch_s": 1, "epoch_ms": 1_000, "epoch_us": 1_000_000}
SWAP = str.maketrans("dm", "md")
ENOUGH = 0.9
SANE = "between '1990-01-01' and $latest"


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


def find_times(con: duckdb.DuckDBPyConnection, columns: list[Column]) -> list[TimeColumn]:
    """All columns of which at least nine tenths parse one way, the best first."""
    found = [each for column in columns if (each := time_column(con, column)) is not None]
    return sorted(found, key=lambda each: (-each.score, each.column.place))


def time_column(con: duckdb.DuckDBPyConnection, column: Column) -> TimeColumn | None:
    """How the column's moments are written; None where it holds none."""
    if not column.filled or column.share(lambda v: any(c.isdigit() for c in v)) < ENOUGH:
        return None
    if column.longest > 45:
        return None
    iso = (
        "coalesce(if(has_offset(v), try_cast(v as timestamptz), null), "
        "if(not has_offset(v) and v like '%-%', try_cast(v as timestamp), null)::timestamptz)"
    )
    fits = share_of(con, column, f"{iso} {SANE}")
    if fits >= ENOUGH:
        offset = share_of(con, column, "has_offset(v)") >= ENOUGH
        clock = share_of(con, column, "v like '%:%'") >= 1 - ENOUGH
        return TimeColumn(column, None, fits, offset, clock)
    for name, per_second in EPOCHS.items():
        seconds = f"try_cast(v as decimal(24, 6)) / {per_second}"
        share = share_of(
            con, column, f"{seconds} between 631152000 and epoch($latest::timestamptz)"
        )
        # Ten digits may be anything; only a name makes them a moment.
        if share >= ENOUGH and name_score("occurred_at", column.name):
            return TimeColumn(column, name, share, has_offset=True, has_clock=True)
    return _formatted(con, column)


def _formatted(con: duckdb.DuckDBPyConnection, column: Column) -> TimeColumn | None:
    few = column.sample[:12]
    seen = Counter(format for value in few for format in _spellings(value))
    likely = [format for format, times in seen.items() if 2 * times >= len(few)]
    shares = {format: _format_share(con, column, format) for format in sorted(likely)}
    best = max(shares, key=lambda each: shares[each], default=None)
    if best is None or shares[best] < ENOUGH:
        return None
    if best == "%Y%m%d" and not name_score("occurred_at", column.name):
        return None
    twin = _swapped(best)
    equal = twin is not None and shares.get(twin, 0.0) >= shares[best]
    dotted = "%d.%m" in best or "%m.%d" in best
    if dotted and best.startswith("%m") and equal:
        best, twin = twin or best, best
    return TimeColumn(
        column,
        best,
        shares[best],
        has_offset=best.endswith("%z"),
        has_clock=":" in best or "%H" in best,
        # No country writes month.day.year with dots (CLDR), so dots are evidence enough.
        other=twin if equal and not dotted else None,
        proof=_proof(con, column, best, twin) if twin and not equal else None,
    )


def _swapped(format: str) -> str | None:
    """The format with day and month changed places, where both are numbers."""
    date = next(
        (each for each in sorted(DATES, key=len, reverse=True) if format.startswith(each)), ""
    )
    if not date.startswith(("%d", "%m")) or "%b" in date.lower():
        return None
    return date.translate(SWAP) + format[len(date) :]


@cache
def _pattern(format: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"%\w", lambda match: DIRECTIVES[match[0]], re.escape(format)))


def _spellings(value: str) -> Iterator[str]:
    """The formats that a value is spelled in; whether it is a date then, DuckDB says."""
    for date in DATES:
        begun = _pattern(date).match(value)
        if begun:
            rest = value[begun.end() :]
            yield from (date + tail for tail in TAILS if _pattern(tail).fullmatch(rest))


def _format_share(con: duckdb.DuckDBPyConnection, column: Column, format: str) -> float:
    return share_of(con, column, f"try_strptime(v, $format)::timestamptz {SANE}", format)


def _proof(con: duckdb.DuckDBPyConnection, column: Column, format: str, twin: str) -> str | None:
    """The first value that is no moment, or one yet to come, with day and month swapped."""
    latest = datetime.now(UTC) + timedelta(days=1)
    row = one(
        con,
        f"select v from v{column.place} where try_strptime(v, $format)::timestamptz {SANE} "
        f"and not coalesce(try_strptime(v, $twin)::timestamptz {SANE}, false) "
        "order by first limit 1",
        {"twin": twin, "format": format, "latest": latest},
    )
    return str(row[0]) if row else None


def share_of(
    con: duckdb.DuckDBPyConnection, column: Column, condition: str, format: str | None = None
) -> float:
    """Share of the rows with a value that meet the condition on `v`."""
    latest = datetime.now(UTC) + timedelta(days=1)
    values = {"latest": latest, "format": format}
    bound = {name: value for name, value in values.items() if f"${name}" in condition}
    (share,) = one(
        con, f"select coalesce(sum(n) filter ({condition}), 0) / sum(n) from v{column.place}", bound
    )
    return float(share or 0)
