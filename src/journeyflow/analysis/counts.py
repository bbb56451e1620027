"""Counts of equal periods that scatter more than Poisson's: intervals, and a test of two.

Journeys do not come one by one: weather, mailings and holidays move all of a week at once. So
counts are given a dispersion, variance ÷ mean, measured from periods before; taken for Poisson's,
every week would be an event. Slow growth does not count as scatter; seasons are not modelled, so a
holiday is a difference like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import nan, sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import betainc as beta_share
from scipy.special import chdtri, stdtr, stdtrit

from journeyflow.analysis.shares import Z95, Estimate, square_and_add

FEWEST_PAIRS = 3  # of neighbouring periods: fewer do not tell how much they scatter


class Dispersion(NamedTuple):
    """`factor`: variance ÷ mean of counts, 1 or more. `df`: how many degrees of freedom it has."""

    factor: float
    df: float

    @property
    def inflated(self) -> float:
        """The factor with which a normal quantile at 95 % is as wide as Student's would be."""
        return float(self.factor * (stdtrit(self.df, 0.975) / Z95) ** 2)


def dispersion(runs: Sequence[npt.ArrayLike]) -> Dispersion | None:
    """How much counts scatter from one period to the next.

    In: `runs` of counts of periods that follow each other without a gap. Out: the mean of
    (x - y)² ÷ (x + y) over neighbours, which is 1 for Poisson counts whatever their mean, and at
    least 1; None of fewer than 3 pairs. Differences of neighbours leave trends out, at the cost of
    a third of the degrees of freedom: (J. von Neumann et al., Annals of Mathematical Statistics 12
    (1941), 153; for n normal values their variance is that of 2 (n - 1)² ÷ (3 n - 4) degrees).
    """
    found: list[float] = []
    for run in runs:
        counts = np.asarray(run, dtype=np.float64)
        between, total = np.diff(counts), counts[1:] + counts[:-1]
        found += (between[total > 0] ** 2 / total[total > 0]).tolist()
    pairs = len(found)
    if pairs < FEWEST_PAIRS:
        return None
    return Dispersion(max(1.0, float(np.mean(found))), 2 * pairs**2 / (3 * pairs - 1))


def count_interval(count: float, scatter: Dispersion | None) -> Estimate:
    """The count with the 95 % interval of what it would be on average.

    Garwood's exact one (F. Garwood, Biometrika 28 (1936), 437-442) of the count ÷ dispersion, times
    it; no ends where the dispersion is not known.
    """
    if scatter is None:
        return Estimate(count, nan, nan)
    size = count / scatter.inflated
    low = chdtri(2 * size, 0.975) / 2 if size > 0 else 0.0
    return Estimate(
        count,
        float(low * scatter.inflated),
        float(chdtri(2 * size + 2, 0.025) / 2 * scatter.inflated),
    )


def count_difference(count: float, before: float, scatter: Dispersion | None) -> Estimate:
    """Count - before with its 95 % interval, made from both intervals."""
    return square_and_add(count_interval(count, scatter), count_interval(before, scatter))


def count_test(count: float, before: float, scatter: Dispersion | None) -> float:
    """P of "both periods have the same mean", two-sided; NaN where nothing can be said.

    Given their total, each of two Poisson counts is binomial with one half (J. Przyborowski &
    H. Wilenski, Biometrika 31 (1940), 313-323): the exact test, of the counts ÷ dispersion. Where
    that is measured from few periods, it may be too small by luck: so the larger of that p and of
    Student's, with as many degrees of freedom as the dispersion has.
    """
    total = count + before
    if scatter is None or total <= 0:
        return nan
    few, many = (each / scatter.factor for each in sorted((count, before)))
    # The binomial tail P(X <= few), which the beta function continues to sizes that are not whole.
    exact = min(1.0, 2 * float(beta_share(many, few + 1, 0.5)))
    t = (many - few) / sqrt(few + many)
    return max(exact, 2 * float(stdtr(scatter.df, -t)))
