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
SAMPLE = 600
TOP = 40
JOINED = 1_000_000  # the place of two columns joined, beyond that of every column


@dataclass(frozen=True)
class Column:
    """One column: `place` in table `raw`, its distinct values in table `v<place>` (v, n, first)."""

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

    def share(self, fits: Callable[[str], object]) -> float:
        """Share of the sampled distinct values that fit."""
        return sum(bool(fits(v)) for v in self.sample) / len(self.sample) if self.sample else 0.0


def profile(con: duckdb.DuckDBPyConnection, columns: list[str]) -> list[Column]:
    """Count the distinct values of each column of `raw`; nulls and null words are set apart."""
    (rows,) = one(con, "select count(*) from raw")
    con.execute("set variable null_values = $nulls", {"nulls": [*NULLS]})
    return [
        _column(con, name, place, rows, f"clean(c{place})") for place, name in enumerate(columns)
    ]


def join(con: duckdb.DuckDBPyConnection, one: Column, other: Column) -> Column:
    """Two columns as the reader joins them: one blank between, nothing where a part is empty.

    The values stand in the same table for every two columns, so use one before joining others.
    """
    con.execute("set variable null_values = $nulls", {"nulls": [*NULLS, *ALSO_NULL]})
    text = f"clean(c{one.place}) || ' ' || clean(c{other.place})"
    return _column(con, one.name, JOINED, one.rows, text)


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
