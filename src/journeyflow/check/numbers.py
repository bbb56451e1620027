"""Amounts: which decimal sign a column is written with, as far as its values tell."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from journeyflow.check.profile import Column
from journeyflow.check.raw import one

SIGNS = (".", ",")


@dataclass(frozen=True)
class Numbers:
    """Share of the rows that are numbers under each decimal sign, and whether the signs differ."""

    fits: dict[str, float]
    ambiguous: bool

    @property
    def best(self) -> str:
        """The sign that reads most rows; a point where both read all."""
        return max(SIGNS, key=lambda sign: self.fits[sign])


def numbers(con: duckdb.DuckDBPyConnection, column: Column) -> Numbers:
    """Try both decimal signs on every value, by the reader's own cast.

    `ambiguous`: both read everything and some value means another amount, such as `1,234`.
    """
    fits = {}
    for sign in SIGNS:
        con.execute("set variable decimal = $sign", {"sign": sign})
        (share,) = one(
            con,
            "select coalesce(sum(n) filter (exact_number(v) is not null), 0) / sum(n) "
            f"from v{column.place}",
        )
        fits[sign] = float(share or 0)
    (marked,) = one(con, f"select count(*) from v{column.place} where regexp_matches(v, '[.,]')")
    return Numbers(fits, bool(marked) and fits["."] == fits[","] == 1.0)


def is_number(con: duckdb.DuckDBPyConnection, column: Column, enough: float = 0.98) -> bool:
    """Nearly all values are numbers under one of the signs."""
    return bool(column.filled) and max(numbers(con, column).fits.values()) >= enough
