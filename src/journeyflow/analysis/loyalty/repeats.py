"""How many order again, and when: the time from each order to the next.

Whoever has not ordered again until the end of observation may still do so: silent for that long,
censored, and no loss. Kaplan & Meier's estimate (incidence.py, with one way to end) takes them as
what they are. The naive rate, those who ordered again among all who could, grows with the length
of the history alone and stands beside it.

Time is whole days of the project's zone; what a person orders on one day is one order, so nobody
orders again after 0 days. Numbers count from the first order in the data, which for customers of
before is not their first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from journeyflow.analysis.incidence import Incidence, incidence, interval
from journeyflow.analysis.loyalty.reading import read
from journeyflow.analysis.shares import Floats
from journeyflow.errors import SettingsError

HORIZONS = (30, 90, 180, 365)
NOBODY = "nobody was observed for so long"
DORMANT_AFTER = 365
MIN_RETURNS = 30


@dataclass(frozen=True)
class RepeatCurves:
    """Time to the next order, by the number of the order; in every table the first column, `order`.

    The last number stands for itself and all above it; there a person counts once per order, and
    the intervals take those for independent.

    summary: orders (how many with that number), repeated, naive_rate, median_days (NaN where half
    have not ordered again), median_is_mature, mature_days (the last day with enough at risk; NaN
    where there never are).
    shares: days (the horizon), at_risk, share (ordered again by then), low, high (95 %), naive_rate
    (by then, among all), is_mature, reason (why share is NaN, else None).
    curves: days, at_risk, share, low, high, is_mature: a row for each day on which somebody ordered
    again or was last observed.
    Mature is where at least 10 and at least 5 % of the orders are at risk.
    """

    summary: pd.DataFrame
    shares: pd.DataFrame
    curves: pd.DataFrame


class Dormancy(NamedTuple):
    """After how many days of silence a customer is dormant, and why it is not from the data."""

    days: int
    reason: str | None


def repeat_curves(
    con: duckdb.DuckDBPyConnection,
    *,
    horizons: Sequence[int] = HORIZONS,
    singly: int = 5,
    names: Sequence[str] | None = None,
) -> RepeatCurves:
    """Estimate them from the published store in `con`.

    horizons: days after which shares are told. singly: orders up to this number have a curve of
    their own. names: the conversions that are orders; all primary ones by default.
    Raises SettingsError for a horizon or `singly` below 1.
    """
    if singly < 1 or any(each < 1 for each in horizons):
        raise SettingsError(
            f"Expected horizons and singly of 1 or more, got {list(horizons)} and {singly}."
        )
    counts = read(con, "repeat_waits", pooled=singly + 1, names=names)
    waits = {int(str(order)): _Waits.of(part) for order, part in counts.groupby("order_number")}
    summary = [(order, *each.summary()) for order, each in waits.items()]
    shares = [
        (order, days, *each.share_at(days)) for order, each in waits.items() for days in horizons
    ]
    curves = [(order, *row) for order, each in waits.items() for row in each.curve_rows()]
    return RepeatCurves(
        pd.DataFrame(summary, columns=["order", *_SUMMARY]),
        pd.DataFrame(shares, columns=["order", *_SHARES]),
        pd.DataFrame(curves, columns=["order", *_CURVES]),
    )


def dormant_after(
    con: duckdb.DuckDBPyConnection, *, names: Sequence[str] | None = None
) -> Dormancy:
    """The day by which nine in ten of those who order again have done so.

    Of all orders together, whatever their number: the first day on which the share that ordered
    again is nine tenths of what it is on the last mature day, L. Unless L is three times as late,
    the curve still rises too much to tell where it ends, and with fewer than 30 returns by then
    there is none: then 365 days, with the reason.
    """
    waits = _Waits.of(read(con, "repeat_waits", pooled=1, names=names))
    last = waits.mature_days
    returns = int(waits.repeated[waits.days <= last].sum())
    if returns < MIN_RETURNS:
        return Dormancy(
            DORMANT_AFTER, f"{returns} orders followed another; expected {MIN_RETURNS} or more"
        )
    at = int(waits.curve.at(last))
    back = 1 - waits.curve.waiting >= 0.9 * (1 - waits.curve.waiting[at]) - _DUST
    days = int(waits.curve.times[back][0])
    if last < 3 * days:
        return Dormancy(
            DORMANT_AFTER,
            f"nine in ten came back within {days} days, and enough were observed for {last:.0f};"
            " expected three times as long",
        )
    return Dormancy(days, None)


_SUMMARY = (
    "orders", "repeated", "naive_rate", "median_days", "median_is_mature", "mature_days",
)  # fmt: skip
_SHARES = ("days", "at_risk", "share", "low", "high", "naive_rate", "is_mature", "reason")
_CURVES = ("days", "at_risk", "share", "low", "high", "is_mature")
# Products are a digit off, and a half that is one must be found.
_DUST = 1e-12


@dataclass(frozen=True)
class _Waits:
    """Counts of the waits after one number of the order, and their curve."""

    days: npt.NDArray[np.int64]
    repeated: npt.NDArray[np.int64]
    waiting: npt.NDArray[np.int64]
    curve: Incidence

    @classmethod
    def of(cls, counts: pd.DataFrame) -> Self:
        days, repeated, waiting = (
            counts[column].to_numpy(dtype=np.int64) for column in ("days", "repeated", "waiting")
        )
        return cls(days, repeated, waiting, incidence(days, repeated, waiting))

    @property
    def orders(self) -> int:
        return int(self.repeated.sum() + self.waiting.sum())

    @property
    def returns(self) -> int:
        return int(self.repeated.sum())

    @property
    def enough(self) -> float:
        return max(10.0, 0.05 * self.orders)

    @property
    def mature_days(self) -> float:
        """The last day with enough at risk; NaN where there never are."""
        mature = self.curve.times[self.curve.at_risk >= self.enough]
        return float(mature[-1]) if len(mature) else math.nan

    def summary(self) -> tuple[object, ...]:
        half = self.curve.times[self.curve.waiting <= 0.5 + _DUST]
        median = float(half[0]) if len(half) else math.nan
        known = median <= self.mature_days if len(half) else None
        naive = self.returns / self.orders
        return self.orders, self.returns, naive, median, known, self.mature_days

    def share_at(self, days: int) -> tuple[object, ...]:
        at_risk = int((self.repeated + self.waiting)[self.days >= days].sum())
        naive = int(self.repeated[self.days <= days].sum()) / self.orders
        is_mature = at_risk >= self.enough
        if not at_risk and self.waiting.any():
            return at_risk, math.nan, math.nan, math.nan, naive, is_mature, NOBODY
        share, low, high = (float(each[0]) for each in self._shares(np.array([days])))
        return at_risk, share, low, high, naive, is_mature, None

    def curve_rows(self) -> Iterator[tuple[object, ...]]:
        at_risk = self.curve.at_risk
        return zip(
            self.curve.times.astype(int), at_risk, *self._shares(self.curve.times),
            at_risk >= self.enough, strict=True,
        )  # fmt: skip

    def _shares(self, days: npt.NDArray[Any]) -> tuple[Floats, Floats, Floats]:
        """Share that had ordered again by the days, and its interval."""
        at = self.curve.at(days)
        share = np.where(at < 0, 0.0, 1 - self.curve.waiting[at])
        variance = np.where(at < 0, 0.0, self.curve.variance[0][at])
        # Of whom the day is known: all but those whose observation ended before it.
        unseen = [int(self.waiting[self.days < each].sum()) for each in days]
        return share, *interval(share, variance, self.orders - np.array(unseen))
