"""Does the forecast hold? What it would have said on an earlier day, beside what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
import pandas as pd

from journeyflow.analysis.loyalty.bgnbd import BgNbd, fit
from journeyflow.analysis.loyalty.forecast import expected_orders, histories
from journeyflow.analysis.loyalty.reading import read
from journeyflow.errors import SettingsError

FREQUENT = 7


@dataclass(frozen=True)
class Calibration:
    """Expected and actual orders of a period that the model did not see.

    classes: one row per number of repeat orders until `as_of`, `repeats` ("0" to "6", "7+"), and a
    last one for "all": customers, actual (orders after `as_of`), expected, expected_se, low, high
    (as in `Forecast`; NaN where there is no model).
    as_of: the last day that the model saw. until: the last one observed; both None without orders.
    reason: in words why there is no model, else None.
    """

    classes: pd.DataFrame
    as_of: date | None
    until: date | None
    reason: str | None


def calibration(
    con: duckdb.DuckDBPyConnection,
    *,
    as_of: date | None = None,
    names: Sequence[str] | None = None,
) -> Calibration:
    """Fit the model to the orders until `as_of`, and count those of the same customers after it.

    as_of: by default the middle of the history, as in the paper. names: the conversions that are
    orders; all primary ones by default.
    Raises SettingsError where `as_of` is not before the last day observed.
    """
    whole = read(con, "repeat_statistics", names=names)
    if not len(whole):
        return Calibration(_classes(whole), None, None, "there are no orders")
    until: date = whole["as_of"].iloc[0].date()
    seen = as_of or until - timedelta(days=(int(whole["age"].max()) + 1) // 2)
    if seen >= until and as_of:
        raise SettingsError(f"as_of is {seen}; expected a day before {until}, the last observed.")
    counts = read(con, "repeat_statistics", as_of=seen, names=names)
    model = fit(histories(counts))
    if isinstance(model, str):
        return Calibration(_classes(counts), seen, until, model)
    return Calibration(_classes(counts, model, (until - seen).days), seen, until, None)


def _classes(counts: pd.DataFrame, model: BgNbd | None = None, span: int = 0) -> pd.DataFrame:
    told = histories(counts)
    number = np.minimum(told.repeats, FREQUENT)
    found = np.unique(number)
    groups = np.vstack([number == each for each in found] + [np.ones(len(number), dtype=bool)])
    labels = [f"{each:.0f}+" if each == FREQUENT else f"{each:.0f}" for each in found]
    table = {
        "repeats": pd.Series([*labels, "all"], dtype="str"),
        "customers": (groups @ told.customers).astype(int),
        "actual": (groups @ counts["later_orders"].to_numpy(dtype=float)).astype(int),
    }
    if model:
        return pd.DataFrame({**table, **expected_orders(model, told, span, groups.astype(float))})
    unknown = dict.fromkeys(("expected", "expected_se", "low", "high"), np.nan)
    return pd.DataFrame({**table, **unknown})
