"""Two segments within strata: what the strata say together."""

from __future__ import annotations

from math import erfc, exp, nan, sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from journeyflow.analysis.shares import Z95, Estimate

_Floats = npt.NDArray[np.float64]
_NO_SPREAD = 1e-12


class Strata(NamedTuple):
    """Per stratum: units and successes of a segment (a) and of what it is compared with (b)."""

    n_a: _Floats
    x_a: _Floats
    n_b: _Floats
    x_b: _Floats

    def where(self, kept: npt.NDArray[np.bool_]) -> Strata:
        """Some of the strata."""
        return Strata(*(each[kept] for each in self))

    def shared(self) -> npt.NDArray[np.bool_]:
        """Which strata hold both."""
        return (self.n_a > 0) & (self.n_b > 0)

    def weights(self) -> _Floats:
        """Share of each stratum in the units of all shared strata; 0 elsewhere."""
        size = np.where(self.shared(), self.n_a + self.n_b, 0.0)
        return np.asarray(size / size.sum() if size.any() else size)


class Odds(NamedTuple):
    """Common odds ratio with its interval, p that it is 1, p that it is common; NaN unknown."""

    ratio: float
    low: float
    high: float
    cmh_p: float
    heterogeneity_p: float


def standardised(strata: Strata) -> Estimate:
    """Difference of rates with the mix of both together, over the shared strata.

    Direct standardisation (J. L. Fleiss, B. Levin, M. C. Paik 2003, chapter 19). A rate seen in few
    units has a spread even where it is 0 or 1, so its variance comes from (x + 1) ÷ (n + 2)
    (after A. Agresti & B. Caffo, American Statistician 54 (2000), 280-288).
    """
    weights = strata.weights()
    if not weights.any():
        return Estimate(nan, nan, nan)
    return _between(*_weighted(strata, weights, weights))


def change_of_mix(strata: Strata) -> tuple[float, float]:
    """Pooled less standardised difference, and p that it is 0, given who is in which stratum.

    p is NaN where both segments have the mix of both together: there is nothing to change.
    """
    weights = strata.weights()
    if not weights.any():
        return nan, nan
    mixes = [size / size.sum() - weights for size in (strata.n_a, strata.n_b)]
    value, spread = _weighted(strata, mixes[0], mixes[1])
    if spread < _NO_SPREAD:
        return 0.0, nan
    return value, erfc(abs(value) / spread / sqrt(2))


def risk_difference(strata: Strata) -> Estimate:
    """Mantel-Haenszel risk difference; its interval is NaN where all or none succeeded.

    Variance that holds for few large and for many sparse strata: T. Sato, Biometrics 45 (1989),
    1323-1324.
    """
    n_a, x_a, n_b, x_b = strata.where(strata.shared())
    if not len(n_a):
        return Estimate(nan, nan, nan)
    n = n_a + n_b
    weight = float((n_a * n_b / n).sum())
    value = float(((x_a * n_b - x_b * n_a) / n).sum()) / weight
    p = ((n_a**2 * x_b - n_b**2 * x_a + n_a * n_b * (n_b - n_a) / 2) / n**2).sum()
    q = ((x_a * (n_b - x_b) + x_b * (n_a - x_a)) / (2 * n)).sum()
    variance = float(value * p + q) / weight**2
    if variance < _NO_SPREAD**2:
        return Estimate(value, nan, nan)
    return _between(value, sqrt(variance))


def odds(strata: Strata) -> Odds:
    """Mantel-Haenszel odds ratio, Cochran-Mantel-Haenszel and Breslow-Day tests.

    The first two by statsmodels, the interval by J. Robins, N. Breslow, S. Greenland 1986. Strata
    without one of the segments, or in which all or none succeeded, tell nothing of odds and are
    left out. The ratio is NaN where it would be 0 or without bound.
    """
    from statsmodels.stats.contingency_tables import StratifiedTable

    successes = strata.x_a + strata.x_b
    telling = strata.shared() & (successes > 0) & (successes < strata.n_a + strata.n_b)
    n_a, x_a, n_b, x_b = strata.where(telling)
    if not len(n_a):
        return Odds(nan, nan, nan, nan, nan)
    table = StratifiedTable(np.array([[x_a, n_a - x_a], [x_b, n_b - x_b]]))
    cmh_p = float(table.test_null_odds(correction=False).pvalue)
    n = n_a + n_b
    if not ((x_a * (n_b - x_b) / n).sum() > 0 and (x_b * (n_a - x_a) / n).sum() > 0):
        return Odds(nan, nan, nan, cmh_p, nan)
    log_ratio, se = float(table.logodds_pooled), float(table.logodds_pooled_se)
    return Odds(
        exp(log_ratio),
        exp(log_ratio - Z95 * se),
        exp(log_ratio + Z95 * se),
        cmh_p,
        _breslow_day(strata.where(telling), exp(log_ratio)) if len(n_a) > 1 else nan,
    )


def _breslow_day(strata: Strata, ratio: float) -> float:
    """P that the odds ratio is the same in every stratum.

    Source: N. E. Breslow & N. E. Day, Statistical Methods in Cancer Research I (1980), 142-146. Not
    by statsmodels 0.15, whose solution of the quadratic equation divides by zero at a ratio of 1.
    """
    if ratio < 1:  # the other way round, so that the slope below is positive
        return _breslow_day(Strata(*strata[2:], *strata[:2]), 1 / ratio)
    n_a, x_a, n_b, x_b = strata
    successes = x_a + x_b
    # The x of a that the ratio expects: (1 - ratio) x^2 + slope x - ratio n_a successes = 0.
    slope = ratio * (n_a + successes) + n_b - successes
    root = np.sqrt(slope**2 + 4 * (1 - ratio) * ratio * n_a * successes)
    expected = 2 * ratio * n_a * successes / (slope + root)
    cells = (expected, n_a - expected, successes - expected, n_b - successes + expected)
    precision = sum(1 / each for each in cells)
    return float(chdtrc(len(n_a) - 1, (precision * (x_a - expected) ** 2).sum()))


def _weighted(strata: Strata, of_a: _Floats, of_b: _Floats) -> tuple[float, float]:
    """Weighted sum of the rates of a less that of b, and its standard error."""
    values, variances = [], []
    for n, x, weight in ((strata.n_a, strata.x_a, of_a), (strata.n_b, strata.x_b, of_b)):
        some = n > 0
        smooth = (x[some] + 1) / (n[some] + 2)
        values.append(float((weight[some] * x[some] / n[some]).sum()))
        variances.append(float((weight[some] ** 2 * smooth * (1 - smooth) / n[some]).sum()))
    return values[0] - values[1], sqrt(sum(variances))


def _between(value: float, se: float) -> Estimate:
    return Estimate(value, max(-1.0, value - Z95 * se), min(1.0, value + Z95 * se))
