"""How much of a change of a rate comes from who came, and how much from what became of them.

With w the share of each group in all units and r its rate, the change of the overall rate is

    sum of (w2 - w1) (r1 + r2) / 2  +  sum of (r2 - r1) (w1 + w2) / 2  =  mix + rate

exactly, without a remainder that belongs to neither (E. M. Kitagawa, Components of a difference
between two rates, JASA 50 (1955), 1168-1194). A group that came only once has no other rate to
compare its own with: all of it is mix.
"""

from __future__ import annotations

from math import erfc, nan, sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from journeyflow.analysis.shares import UNKNOWN, Z95, Estimate
from journeyflow.analysis.stratified import Strata

_NO_SPREAD = 1e-12
_Floats = npt.NDArray[np.float64]


class Part(NamedTuple):
    """A part of a change with its 95 % interval, and p that it is 0 (NaN: it has no spread)."""

    estimate: Estimate
    p: float


class Change(NamedTuple):
    """The two parts of a change of a rate; they add up to it."""

    mix: Part
    rate: Part


class _Side(NamedTuple):
    """Of one side: its groups' sizes, shares and rates, and which groups it has."""

    n: _Floats
    share: _Floats
    rate: _Floats
    variance: _Floats
    has: npt.NDArray[np.bool_]


def mix_and_rate(strata: Strata) -> Change:
    """The parts of the rate of a (after) less that of b (before), by strata.

    All NaN where one of the two has nobody. Intervals by the delta method: shares are multinomial,
    rates binomial, with variances from (x + 1) ÷ (n + 2) as in `stratified.standardised`.
    """
    if not (strata.n_a.any() and strata.n_b.any()):
        return Change(Part(UNKNOWN, nan), Part(UNKNOWN, nan))
    a, b = _side(strata.n_a, strata.x_a), _side(strata.n_b, strata.x_b)
    both = a.has & b.has
    rate_a, rate_b = np.where(a.has, a.rate, b.rate), np.where(b.has, b.rate, a.rate)
    middle, apart = (rate_a + rate_b) / 2, rate_a - rate_b
    moved, weight = a.share - b.share, np.where(both, (a.share + b.share) / 2, 0.0)
    own = np.where(both, 0.5, 1.0)  # what a side's own rate makes of the middle one
    return Change(
        _part(float(moved @ middle), [_variance(each, middle, moved * own) for each in (a, b)]),
        _part(float(weight @ apart), [_variance(each, apart / 2, weight) for each in (a, b)]),
    )


def _side(n: _Floats, x: _Floats) -> _Side:
    has = n > 0
    size = np.maximum(n, 1)
    smooth = (x + 1) / (n + 2)
    return _Side(n, n / n.sum(), x / size, np.where(has, smooth * (1 - smooth) / size, 0.0), has)


def _variance(side: _Side, of_shares: _Floats, of_rates: _Floats) -> float:
    """Variance of a sum of `of_shares` times shares and `of_rates` times rates of one side."""
    spread = side.share @ of_shares**2 - (side.share @ of_shares) ** 2
    return float(max(0.0, spread) / side.n.sum() + of_rates**2 @ side.variance)


def _part(value: float, variances: list[float]) -> Part:
    se = sqrt(sum(variances))
    ends = Estimate(value, value - Z95 * se, value + Z95 * se)
    return Part(ends, erfc(abs(value) / se / sqrt(2)) if se > _NO_SPREAD else nan)
