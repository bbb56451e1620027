"""Recency, frequency and monetary value of customers, each in five classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pandas as pd

from journeyflow.analysis.loyalty.reading import read


@dataclass(frozen=True)
class Rfm:
    """Customers and classes; class 5 is the best: latest, most often, most money.

    Each measure has its own classes, by rank. Of n customers, with b below somebody (an earlier
    last order, fewer orders, less money) and t tied with them, themselves too, the class is
    1 + 5 (b + t / 2) / n, rounded down: quintiles by the middle of the ranks that the tied share.
    So ties are never parted; without them a fifth is in each class; where all are tied, they are
    in class 3; and turned round, the best become the worst. A class may have nobody.

    persons: person_id, days_since (the last order), orders, value, recency, frequency, monetary
    (classes).
    summary: measure, class, persons, orders, value, value_share (of all customers' value; NaN where
    that is 0), least, most (of days since the last order, orders, or money).
    """

    persons: pd.DataFrame
    summary: pd.DataFrame


def rfm(
    con: duckdb.DuckDBPyConnection,
    *,
    as_of: date | None = None,
    names: Sequence[str] | None = None,
) -> Rfm:
    """Of those in the published store `con` who had ordered by the end of the day `as_of`.

    as_of: the last day observed by default. names: the conversions that are orders; all primary
    ones by default.
    """
    return Rfm(
        read(con, "rfm_persons", as_of=as_of, names=names),
        read(con, "rfm_summary", as_of=as_of, names=names),
    )
