"""Tables that list what is frequent and fold the rest into one row, so that nobody stands out."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from journeyflow.errors import SettingsError
from journeyflow.warehouse.models import load_model

RARER = "(rarer)"
FEWEST_FOR_A_RATE = 20
TOO_FEW = f"fewer than {FEWEST_FOR_A_RATE} journeys"


def listed(con: duckdb.DuckDBPyConnection, name: str, top: int, k: int) -> pd.DataFrame:
    """Rows of sql/paths/<name>.sql: the first `top` of at least k persons, and all others as one.

    The model has the parameters $shown and $k and the columns rank (NULL for the others) and
    persons. Where the others are fewer than k persons, the last of the listed joins them: else
    the totals would tell of them. Raises SettingsError for a top or k below 1.
    """
    for option, number in (("top", top), ("k", k)):
        if number < 1:
            raise SettingsError(f"{option} is {number}; expected 1 or more.")
    sql = load_model("paths", name).sql
    rows = con.execute(sql, {"shown": top, "k": k}).df()
    rest = rows["rank"].isna()
    if not rest.all() and (rows.loc[rest, "persons"] < k).any():
        rows = con.execute(sql, {"shown": int((~rest).sum()) - 1, "k": k}).df()
    return rows.astype({"rank": "Int64"})


def rates(part: pd.Series, whole: pd.Series, name: str) -> pd.DataFrame:
    """Part / whole: `name`, `name`_low, `name`_high (Wilson 1927, 95 %) and `name`_reason.

    Below 20 journeys there is no rate (NaN), and the reason says so; else the reason is None.
    """
    # Late: statsmodels takes a second, and whoever imports this module may not count anything.
    from statsmodels.stats.proportion import proportion_confint

    known = (whole >= FEWEST_FOR_A_RATE).to_numpy()
    of = whole.where(known, 1)
    low, high = proportion_confint(part.where(known, 0), of, method="wilson")
    columns = {name: part / of, f"{name}_low": low, f"{name}_high": high}
    table = pd.DataFrame({key: np.where(known, value, np.nan) for key, value in columns.items()})
    reasons = [None if enough else TOO_FEW for enough in known]
    table[f"{name}_reason"] = pd.Series(reasons, dtype="object")
    return table.set_index(part.index)
