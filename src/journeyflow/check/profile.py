"""What the values of each column look like, counted over all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from journeyflow.check.raw import one
from journeyflow.sources.landing import NULLS

#: What systems write instead of nothing. `(none)`, `(direct)` and `нет` mean something.
ALSO_NULL = (
    "-", "--", "---", "—", "–", "?", "(not set)", "(not provided)", "<не указано>",
    "<не заполнено>", "не указано", "не указан", "Не указано", "Не указан", "нет данных", "#N/A",
)  # fmt: skip
DECIMALS = (".", ",")
SAMPLE = 600
TOP = 40
JOINED = 1_000_000  # the place of two columns joined, beyond that of every column


@dataclass(frozen=True)
class Column:
    """One column: `place` in table `raw`, its distinct values in table `v<place>` (v, n, first)."""

    con: duckdb.DuckDBPyConnection
    name: str
    place: int
    rows: int
    filled: int
    distinct: int
    longest: int
    top: tuple[tuple[str, int], ...]
    sample: tuple[str, ...]
    null_tokens: tuple[str, ...]

    @property
    def fill(self) -> float:
        """Share of rows with a value."""
        return self.filled / self.rows if self.rows else 0.0

    @property
    def unique(self) -> bool:
        """Every row has a value of its own."""
        return self.rows > 1 and self.distinct == self.rows

    def share(self, fits: Callable[[str], object], at_most: int = SAMPLE) -> float:
        """Share of the sampled distinct values that fit."""
        sample = self.sample[:at_most]
        return sum(bool(fits(v)) for v in sample) / len(sample) if sample else 0.0

    def share_of_rows(self, condition: str, **values: str) -> float:
        """Share of the rows with a value that meet an SQL condition on `v`."""
        share = f"select coalesce(sum(n) filter ({condition}), 0) / sum(n) from v{self.place}"
        return float(one(self.con, share, values)[0] or 0)


def decimal_of(column: Column) -> tuple[str, float, bool]:
    """Try both decimal signs on every value, by the reader's own cast.

    Out: the sign that reads most rows (a point where both read all), the share that it reads,
    and whether both read all and some value, such as `1,234`, then means two amounts.
    """
    fits = {}
    for sign in DECIMALS:
        column.con.execute("set variable decimal = $sign", {"sign": sign})
        fits[sign] = column.share_of_rows("exact_number(v) is not null")
    best = max(DECIMALS, key=lambda sign: fits[sign])
    is_marked = column.share_of_rows("regexp_matches(v, '[.,]')") > 0
    return best, fits[best], is_marked and min(fits.values()) == 1.0


def profile(con: duckdb.DuckDBPyConnection, columns: list[str]) -> list[Column]:
    """Count the distinct values of each column of `raw`; nulls and null words are set apart."""
    (rows,) = one(con, "select count(*) from raw")
    con.execute("set variable null_values = $nulls", {"nulls": [*NULLS]})
    return [
        _column(con, name, place, rows, f"clean(c{place})") for place, name in enumerate(columns)
    ]


def join(first: Column, second: Column) -> Column:
    """Two columns as the reader joins them: one blank between, nothing where a part is empty.

    The values stand in the same table for every two columns, so use one before joining others.
    """
    nulls = [*NULLS, *ALSO_NULL]
    first.con.execute("set variable null_values = $nulls", {"nulls": nulls})
    text = f"clean(c{first.place}) || ' ' || clean(c{second.place})"
    return _column(first.con, first.name, JOINED, first.rows, text)


def _column(con: duckdb.DuckDBPyConnection, name: str, place: int, rows: int, text: str) -> Column:
    con.execute(
        f"create or replace table v{place} as "
        f"select {text} as v, count(*) as n, min(line) as first from raw "
        "where v is not null group by 1"
    )
    tokens = con.execute(
        f"delete from v{place} where list_contains($also, v) returning v", {"also": [*ALSO_NULL]}
    ).fetchall()
    filled, distinct, longest = one(
        con, f"select coalesce(sum(n), 0), count(*), coalesce(max(length(v)), 0) from v{place}"
    )
    top = con.execute(f"select v, n from v{place} order by n desc, v limit {TOP}").fetchall()
    sample = con.execute(f"select v from v{place} order by md5(v) limit {SAMPLE}").fetchall()
    return Column(
        con=con,
        name=name,
        place=place,
        rows=rows,
        filled=int(filled),
        distinct=distinct,
        longest=longest,
        top=tuple((v, n) for v, n in top),
        sample=tuple(v for (v,) in sample),
        null_tokens=tuple(sorted(v for (v,) in tokens)),
    )
