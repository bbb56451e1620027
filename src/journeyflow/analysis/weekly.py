"""Key figures week by week, each beside the week before: is it more than noise?

What is compared must have been observed for the same time. So rates are of cohorts of which every
member has been observed for the horizon, and count what happened within it; of younger weeks there
is no figure, rather than an estimate of another kind. As nobody in such a cohort is censored before
the horizon, the Aalen-Johansen median of the wait, given a conversion within it, is the plain one.

A difference is called more than noise where its q-value is at most 0.05 among all comparisons that
the same Monday brings (Benjamini & Hochberg 1995): one false alarm in twenty Mondays. Weeks that
are not whole, and weeks in which a source began, ended or fell silent, are not judged.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil, isnan, nan
from typing import Any

import pandas as pd
import pyarrow as pa

from journeyflow.analysis.counts import Dispersion, dispersion
from journeyflow.analysis.multiple import q_values
from journeyflow.analysis.week_figures import FIGURES, Figure

LEVEL = 0.05  # of q
MOST_CHANGING = 0.05  # of what two periods hold, from sources that were not there all the time
WEEKS_OF_SCATTER = 26  # before the two that are compared

# Why a figure is not compared with the week before, besides those of `week_figures`.
INCOMPLETE, NOTHING_BEFORE, TOO_FEW = "incomplete_week", "nothing_before", "too_few"
SOURCE_CHANGED, SCATTER_UNKNOWN = "source_changed", "scatter_unknown"

_MONEY, _DAY = pd.ArrowDtype(pa.decimal128(18, 2)), pd.ArrowDtype(pa.date32())
_TYPES: dict[str, Any] = {
    "week": _DAY, "figure": "str", "value": "float64", "low": "float64", "high": "float64",
    "n": "int64", "is_complete": "bool", "horizon_days": "Int64", "total_value": _MONEY,
    "total_cost": _MONEY, "previous": "float64", "change": "float64", "change_low": "float64",
    "change_high": "float64", "p": "float64", "known_on": _DAY, "q": "float64",
    "is_more_than_noise": "boolean", "reason": "str",
}  # fmt: skip


def key_figures(weeks: pd.DataFrame) -> pd.DataFrame:
    """Every figure of every week.

    In: one row per week without gaps, as `sql/analysis/key_figures.sql` counts them. Out: week
    (Monday), figure (of `week_figures.FIGURES`), value, low, high (95 %), n (journeys; of the wait
    and of value, conversions; of the repeat rate, first buyers), is_complete, horizon_days (NULL
    where none is needed), total_value and total_cost (of their quotient alone), previous (the value
    of the week before), change, change_low, change_high (95 %, each by itself), p, known_on (the
    first Monday on which it can be said), q (among all comparisons of that Monday),
    is_more_than_noise, reason. NULL where a number has no meaning, with a reason.
    """
    told = list(weeks.sort_values("week").itertuples())
    rows = [_row(name, told, place) for place in range(len(told)) for name in FIGURES]
    found = pd.DataFrame(rows, columns=list(_TYPES), dtype=object).astype(_TYPES)
    for _, known in found.groupby("known_on"):
        found.loc[known.index, "q"] = q_values(known["p"])[0]
    noisy = (found["q"] <= LEVEL).astype("boolean")
    return found.assign(is_more_than_noise=noisy.mask(found["q"].isna()))


def _row(name: str, weeks: list[Any], place: int) -> dict[str, Any]:
    figure, week = FIGURES[name], weeks[place]
    before = weeks[place - 1] if place else None
    scatter = _scatter(figure, weeks[: max(0, place - 1)])
    value, n, reason = figure.told(week, scatter)
    horizon = figure.horizon(week)
    row: dict[str, Any] = {
        "week": week.week,
        "figure": name,
        **dict(zip(("value", "low", "high"), value, strict=True)),
        "n": n,
        "is_complete": week.is_complete,
        "horizon_days": horizon,
        "total_value": week.total_value if figure.is_money else None,
        "total_cost": week.total_cost if figure.is_money else None,
        "known_on": _known_on(week.week, horizon or 0),
        "p": nan,
        "reason": reason,
    }
    if reason is not None:
        return row
    earlier = figure.told(before, scatter)[0].value if before is not None else nan
    row["previous"] = earlier
    if not week.is_complete or (before is not None and not before.is_complete):
        return row | {"reason": INCOMPLETE}
    if isnan(earlier):
        return row | {"reason": NOTHING_BEFORE}
    change, p = figure.compared(week, before, scatter)
    row |= dict(zip(("change", "change_low", "change_high"), change, strict=True))
    if getattr(week, figure.changing) >= MOST_CHANGING:
        return row | {"reason": SOURCE_CHANGED}
    if figure.counted and scatter is None:
        return row | {"reason": SCATTER_UNKNOWN}
    return row | {"p": p, "reason": TOO_FEW if isnan(p) else None}


def _scatter(figure: Figure, before: list[Any]) -> Dispersion | None:
    if figure.counted is None:
        return None
    runs: list[list[int]] = [[]]
    for week in before[-WEEKS_OF_SCATTER:]:
        if getattr(week, figure.changing) >= MOST_CHANGING:
            runs.append([])  # what sources did is no scatter of the customers
        if week.is_complete:
            runs[-1].append(getattr(week, figure.counted))
    return dispersion(runs)


def _known_on(week: date, horizon_days: int) -> date:
    """The first Monday on which all of the week have been observed for so many days."""
    return week + timedelta(weeks=1 + ceil(horizon_days / 7))
