"""How often customers will order in the days to come, by the BG/NBD model (bgnbd.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import pandas as pd
from statsmodels.tools.numdiff import approx_fprime

from journeyflow.analysis.loyalty.bgnbd import BgNbd, Floats, Histories, fit, future, p_active
from journeyflow.analysis.loyalty.reading import read
from journeyflow.analysis.shares import Z95
from journeyflow.errors import SettingsError

SPAN = 90
_HISTORY = ["repeats", "last_after", "age"]
_PERSONS = ["person_id", "orders", "first_day", "last_day", "p_active", "expected"]
_UNKNOWN = (
    "expected", "expected_se", "low", "high", "r", "alpha_days", "a", "b", "log_likelihood",
)  # fmt: skip


@dataclass(frozen=True)
class Forecast:
    """Expected orders of each customer, and of all together.

    persons: person_id, orders, first_day, last_day, p_active (the chance that the customer has not
    left), expected (orders within the span); both NaN where there is no model.
    total: one row: as_of, span_days, customers, repeaters, expected, expected_se (what the
    uncertainty of the parameters makes of it), low, high (95 %, between which the orders will lie,
    by chance too), r, alpha_days, a, b, log_likelihood, and reason: in words why all these are
    NaN, else None.
    """

    persons: pd.DataFrame
    total: pd.DataFrame


def forecast(
    con: duckdb.DuckDBPyConnection,
    *,
    span: int = SPAN,
    as_of: date | None = None,
    names: Sequence[str] | None = None,
) -> Forecast:
    """Fit the model to the orders in the published store `con`, and look ahead.

    span: days. as_of: the last day that counts, the last one observed by default. names: the
    conversions that are orders; all primary ones by default.
    Raises SettingsError for a span below 1.
    """
    if span < 1:
        raise SettingsError(f"span is {span}; expected 1 day or more.")
    counts = read(con, "repeat_statistics", as_of=as_of, names=names)
    persons = read(con, "order_histories", as_of=as_of, names=names)
    told = histories(counts)
    model = fit(told)
    figures: dict[str, object] = {
        "as_of": counts["as_of"].max(),
        "span_days": span,
        "customers": int(told.customers.sum()),
        "repeaters": int(told.customers[told.repeats > 0].sum()),
    }
    if isinstance(model, BgNbd):
        states = model.logarithms, told.repeats, told.last, told.age
        counts["p_active"], counts["expected"] = p_active(*states), future(*states, span)[0]
        sums = expected_orders(model, told, span, np.ones((1, len(counts))))
        figures |= {name: float(each[0]) for name, each in sums.items()} | {
            "r": model.r, "alpha_days": model.alpha, "a": model.a, "b": model.b,
            "log_likelihood": model.log_likelihood, "reason": None,
        }  # fmt: skip
    else:
        counts["p_active"], counts["expected"] = np.nan, np.nan
        figures |= dict.fromkeys(_UNKNOWN, np.nan) | {"reason": model}
    known = persons.merge(counts[[*_HISTORY, "p_active", "expected"]], on=_HISTORY, how="left")
    return Forecast(known[_PERSONS], pd.DataFrame([figures]))


def histories(counts: pd.DataFrame) -> Histories:
    """The rows of `repeat_statistics` as the model wants them."""
    columns = (counts[each].to_numpy(dtype=float) for each in (*_HISTORY, "customers"))
    return Histories(*columns)


def expected_orders(model: BgNbd, told: Histories, span: int, groups: Floats) -> dict[str, Floats]:
    """What groups of customers will order within the span.

    groups: (k, rows of `told`), 1 where a row belongs to the group. Out, each (k): expected;
    expected_se, by the delta method; low and high, the normal interval (95 %) of what will come,
    from that error and the chance of each customer's orders, not below 0.
    """
    weights = groups * told.customers
    states = told.repeats, told.last, told.age
    mean, variance = future(model.logarithms, *states, span)

    def expected(logarithms: Floats) -> Floats:
        return np.asarray(weights @ future(logarithms, *states, span)[0])

    slopes = np.atleast_2d(approx_fprime(model.logarithms, expected, centered=True))
    known = np.einsum("ki,ij,kj->k", slopes, model.covariance, slopes)
    reach = Z95 * np.sqrt(known + weights @ variance)
    sums = weights @ mean
    return {
        "expected": sums,
        "expected_se": np.sqrt(known),
        "low": np.maximum(sums - reach, 0.0),
        "high": sums + reach,
    }
