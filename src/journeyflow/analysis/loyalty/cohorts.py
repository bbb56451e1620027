"""Of the customers of a month, how many order again in each month that follows."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pandas as pd

from journeyflow.analysis.incidence import interval
from journeyflow.analysis.loyalty.reading import read


def order_cohorts(
    con: duckdb.DuckDBPyConnection, *, names: Sequence[str] | None = None
) -> pd.DataFrame:
    """The triangle of the published store in `con`, as a rectangle with blanks.

    names: the conversions that are orders; all primary ones by default.
    Out: cohort (first day of the month of the first order), age (months since), month, persons (who
    first ordered in the cohort's month, so far), ordered (of them, again in that month: on another
    day, in the cohort's own month), share, low, high (Wilson, 95 %). Months are those of the
    project's zone. Of a month that had not ended when the observation did, ordered, share, low and
    high are NaN; not 0, and not the part seen, which could only be too low. In the first month of
    the data customers of before count as new ones.
    """
    table = read(con, "order_cohorts", names=names)
    table["ordered"] = table["ordered"].astype("float64")
    table["share"] = share = table["ordered"] / table["persons"]
    seen = share.notna()
    told, persons = share[seen], table.loc[seen, "persons"]
    for column, end in zip(
        ("low", "high"), interval(told, told * (1 - told) / persons, persons), strict=True
    ):
        table[column] = pd.Series(end, index=told.index, dtype="float64")
    return table
