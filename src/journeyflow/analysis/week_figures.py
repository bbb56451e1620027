"""What each weekly figure is, how sure it is, and how two weeks of it are compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import nan, sqrt
from typing import Any

from scipy.special import stdtr

from journeyflow.analysis.counts import Dispersion, count_difference, count_interval, count_test
from journeyflow.analysis.medians import compare_medians, median
from journeyflow.analysis.shares import (
    FEWEST_OF_A_KIND,
    UNKNOWN,
    Z95,
    Estimate,
    newcombe,
    share,
    share_test,
    square_and_add,
)

REPEAT_DAYS = 90  # as sql/everyone/week_orders.sql has it
# Why a week has no figure.
NOT_MATURE, NOBODY, NO_COSTS = "not_mature", "nobody", "no_costs"

Scatter = Dispersion | None


@dataclass(frozen=True)
class Figure:
    """A figure of weeks, which are rows as `weekly.key_figures` takes them.

    told: its value, the n behind it, and why there is none. compared: a week less another one, and
    p that they are alike (NaN: no test). horizon: the days that a cohort must have been observed.
    changing: the column with the share that comes from changing sources. counted: the column whose
    scatter is needed.
    """

    told: Callable[[Any, Scatter], tuple[Estimate, int, str | None]]
    compared: Callable[[Any, Any, Scatter], tuple[Estimate, float]]
    changing: str
    horizon: Callable[[Any], int | None] = lambda _: None
    counted: str | None = None
    is_money: bool = False


def _share(part: str, whole: str, mature: str, changing: str, **options: Any) -> Figure:
    def told(week: Any, _: Scatter) -> tuple[Estimate, int, str | None]:
        parts, n = getattr(week, part), getattr(week, whole)
        if not getattr(week, mature):
            return UNKNOWN, n, NOT_MATURE
        return share(parts, n), n, None if n else NOBODY

    def compared(week: Any, before: Any, _: Scatter) -> tuple[Estimate, float]:
        counts = [getattr(each, name) for each in (week, before) for name in (part, whole)]
        return newcombe(*counts), share_test(*counts).p

    return Figure(told, compared, changing, **options)


def _journeys(week: Any, scatter: Scatter) -> tuple[Estimate, int, str | None]:
    return count_interval(week.journeys, scatter), week.journeys, None


def _journeys_compared(week: Any, before: Any, scatter: Scatter) -> tuple[Estimate, float]:
    counts = week.journeys, before.journeys
    return count_difference(*counts, scatter), count_test(*counts, scatter)


def _wait(week: Any, _: Scatter) -> tuple[Estimate, int, str | None]:
    if not week.is_mature:
        return UNKNOWN, week.converted, NOT_MATURE
    return median(week.waits_s), week.converted, None if week.converted else NOBODY


def _wait_compared(week: Any, before: Any, _: Scatter) -> tuple[Estimate, float]:
    waits = {"week": week.waits_s, "before": before.waits_s}
    table = compare_medians(waits, against="before", k=0).set_index("segment").loc["week"]
    ends = table[["difference", "difference_low", "difference_high"]].astype(float)
    few = min(len(each) for each in waits.values()) < FEWEST_OF_A_KIND
    return Estimate(*ends), nan if few else float(table["p"])


def _yield(week: Any, scatter: Scatter) -> tuple[Estimate, int, str | None]:
    """Total value ÷ total cost.

    The sum of as many values as there happen to be: of a compound Poisson sum the variance is that
    of the sum of squares, times the dispersion of the count.
    """
    if not week.total_cost:  # NULL: not all of the week is known
        return UNKNOWN, week.conversions, NO_COSTS
    value, cost = float(week.total_value / week.total_cost), float(week.total_cost)
    half = Z95 * sqrt(scatter.inflated * week.value_squares) / cost if scatter else nan
    low = max(0.0, value - half) if scatter else nan
    return Estimate(value, low, value + half), week.conversions, None


def _yield_compared(week: Any, before: Any, scatter: Scatter) -> tuple[Estimate, float]:
    (one, n, _), (other, n_other, _) = (_yield(each, scatter) for each in (week, before))
    between = square_and_add(one, other)
    if scatter is None or min(n, n_other) < FEWEST_OF_A_KIND:
        return between, nan
    squares = sum(each.value_squares / float(each.total_cost) ** 2 for each in (week, before))
    if not squares > 0:
        return between, nan
    t = abs(between.value) / sqrt(scatter.factor * squares)
    return between, 2 * float(stdtr(scatter.df, -t))


FIGURES = {
    "new_journeys": Figure(
        _journeys, _journeys_compared, changing="volume_changing", counted="journeys"
    ),
    "conversion": _share(
        "converted", "journeys", "is_mature", "conversion_changing",
        horizon=lambda week: week.horizon_days,
    ),
    "time_to_purchase_s": Figure(
        _wait, _wait_compared, "conversion_changing", horizon=lambda week: week.horizon_days
    ),
    "repeat_rate": _share(
        "repeated", "buyers", "repeat_is_mature", "repeat_changing", horizon=lambda _: REPEAT_DAYS
    ),
    "total_value_by_total_cost": Figure(
        _yield, _yield_compared, "value_changing", counted="conversions", is_money=True
    ),
}  # fmt: skip
