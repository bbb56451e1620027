"""Shares and differences of shares: intervals, a test, and what could have been found.

A share is given as part and whole. Neither need be an integer: an Aalen-Johansen estimate with
a standard error stands for so many fully observed units as would be known as well
(`effective_size`), so estimates with open journeys and plain counts go through one set of
formulas, and where nobody is open they give the same. An unknown figure is NaN.

Units count as independent. Where one person adds many of them, give a rate with a standard
error that comes from persons instead.
"""

from __future__ import annotations

from math import erfc, isnan, nan, sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from journeyflow.language import SMALLEST_SHARE_BASE

Z95 = 1.959963984540054
Floats = npt.NDArray[np.float64]
FEWEST_OF_A_KIND = 5  # successes and failures that a percentage needs
_LEAST_EXPECTED = 5  # per cell, for the normal approximation (Cochran 1954)
_ROUNDING = 1e-6
# Closer to 0 or 1 than that a rate is 0 or 1, and its variance a rest of sums that cancel.
NEARLY = 1e-12


class Estimate(NamedTuple):
    """A figure between the ends of its interval."""

    value: float
    low: float
    high: float


class ShareTest(NamedTuple):
    """p of "both shares are equal", two-sided, and how it was found: `z`, `fisher` or `none`."""

    p: float
    method: str


UNKNOWN = Estimate(nan, nan, nan)


def wilson(part: float, whole: float, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval of part ÷ whole, as shares; (0, 1) for nothing observed.

    Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference,
    JASA 22 (1927), 209-212.
    """
    low, high = wilsons([part], [whole], z)
    return float(low[0]), float(high[0])


def wilsons(parts: ArrayLike, wholes: ArrayLike, z: float = Z95) -> tuple[Floats, Floats]:
    """`wilson` of many shares at once: the lower and the upper ends, (n) each."""
    part = np.asarray(parts, dtype=float)
    observed = np.asarray(wholes, dtype=float)
    whole = np.where(observed > 0, observed, 1.0)
    share = part / whole
    centre = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * np.sqrt(share * (1 - share) / whole + z * z / (4 * whole**2))
    low = np.where((observed <= 0) | (part <= 0), 0.0, np.maximum(centre - half, 0.0))
    high = np.where((observed <= 0) | (part >= observed), 1.0, np.minimum(centre + half, 1.0))
    return low, high


def share(part: float, whole: float) -> Estimate:
    """The share part ÷ whole with Wilson's interval; NaN for nothing observed."""
    return Estimate(part / whole, *wilson(part, whole)) if whole > 0 else UNKNOWN


def effective_size(rate: float, se: float, observed: float = nan) -> float:
    """How many fully observed units would know `rate` as well: F (1 - F) / Var(F).

    A rate of 0 or 1 has no spread, so its standard error says nothing. There the answer is
    `observed`: the units followed to their outcome or to the horizon, which is a lower bound.
    NaN where neither is known. Source: K. J. Rothman, Estimation of confidence limits for the
    cumulative probability of survival, J Chronic Dis 31 (1978), 557-560.
    """
    if NEARLY < rate < 1 - NEARLY:
        return rate * (1 - rate) / se**2 if se > 0 else nan
    return nan if isnan(rate) else observed


def square_and_add(first: Estimate, second: Estimate) -> Estimate:
    """The difference first - second of two independent estimates, its interval made from theirs.

    Each limit takes the squared distances of the two limits that pull it that way (Newcombe
    1998; for figures of any kind G. Y. Zou & A. Donner, Statistics in Medicine 27 (2008), 1693).
    """
    down = sqrt((first.value - first.low) ** 2 + (second.high - second.value) ** 2)
    up = sqrt((first.high - first.value) ** 2 + (second.value - second.low) ** 2)
    between = first.value - second.value
    return Estimate(between, between - down, between + up)


def newcombe(part_a: float, whole_a: float, part_b: float, whole_b: float) -> Estimate:
    """Share a - share b with its 95 % interval; NaN where one of them has nobody.

    Source: R. G. Newcombe, Interval estimation for the difference between independent
    proportions: comparison of eleven methods, Statistics in Medicine 17 (1998), 873-890: method 10.
    """
    return square_and_add(share(part_a, whole_a), share(part_b, whole_b))


def difference(
    rate_a: float,
    se_a: float,
    rate_b: float,
    se_b: float,
    *,
    observed_a: float = nan,
    observed_b: float = nan,
) -> Estimate:
    """Difference rate a - rate b of estimates with standard errors: Newcombe's, by effective size.

    Equals `newcombe` where nobody is censored. `observed_…` serves rates of 0 and 1
    (see `effective_size`); NaN where a size is not known.
    """
    size_a = effective_size(rate_a, se_a, observed_a)
    size_b = effective_size(rate_b, se_b, observed_b)
    return newcombe(rate_a * size_a, size_a, rate_b * size_b, size_b)


def share_test(part_a: float, whole_a: float, part_b: float, whole_b: float) -> ShareTest:
    """Whether two shares differ.

    The score test (z with the pooled share, no continuity correction; its square is Pearson's
    chi-square) where every cell of the table expects 5 or more; else Fisher's exact test, to
    which effective sizes go rounded down. No test (NaN, `none`) where a whole is empty, or where
    all or none of both succeed: no data with these totals could show a difference.
    """
    whole = whole_a + whole_b
    if not (whole_a > 0 and whole_b > 0 and 0 < part_a + part_b < whole):
        return ShareTest(nan, "none")
    pooled = (part_a + part_b) / whole
    if min(whole_a, whole_b) * min(pooled, 1 - pooled) >= _LEAST_EXPECTED:
        spread = sqrt(pooled * (1 - pooled) * (1 / whole_a + 1 / whole_b))
        return ShareTest(erfc(abs(part_a / whole_a - part_b / whole_b) / spread / sqrt(2)), "z")
    from scipy.stats import fisher_exact  # late: a report needs the intervals only

    table = []
    for part, size in ((part_a, whole_a), (part_b, whole_b)):
        units = int(size + _ROUNDING)
        successes = round(part / size * units)
        table.append([successes, units - successes])
    if not all(map(sum, table)) or not all(map(sum, zip(*table, strict=True))):
        return ShareTest(nan, "none")
    return ShareTest(float(fisher_exact(table).pvalue), "fisher")


def detectable(
    base: float, whole_a: float, whole_b: float, *, power: float = 0.8, level: float = 0.05
) -> float:
    """The least difference from the share `base` (of b) that would be found with this `power`.

    Two-sided at `level`. The d that solves d = z(level) s0 + z(power) s1, with s0 the spread
    under the pooled share and s1 that under base and base + d (J. L. Fleiss, B. Levin, M. C. Paik,
    Statistical Methods for Rates and Proportions, 3rd ed. 2003, chapter 4, without continuity
    correction), d being taken towards one half, where more is needed. NaN where no difference is
    large enough.
    """
    if not (0 <= base <= 1 and whole_a > 0 and whole_b > 0):
        return nan
    from scipy.optimize import brentq

    base = min(base, 1 - base)
    of_level, of_power = NormalDist().inv_cdf(1 - level / 2), NormalDist().inv_cdf(power)

    def surplus(found: float) -> float:
        other = base + found
        pooled = (whole_a * other + whole_b * base) / (whole_a + whole_b)
        equal = sqrt(pooled * (1 - pooled) * (1 / whole_a + 1 / whole_b))
        apart = sqrt(max(0.0, other * (1 - other)) / whole_a + base * (1 - base) / whole_b)
        return found - of_level * equal - of_power * apart

    if surplus(1 - base) <= 0:
        return nan
    return float(brentq(surplus, 1e-12, 1 - base))


def shown_as_share(part: float, whole: float) -> bool:
    """Whether a percentage may be shown, and not "x of n": 20 or more, 5 or more of each kind."""
    fewest = min(part, whole - part)
    return bool(whole >= SMALLEST_SHARE_BASE - _ROUNDING and fewest >= FEWEST_OF_A_KIND - _ROUNDING)
