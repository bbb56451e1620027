"""What had happened by then, among those of whom some are still on the way.

Whoever waits ends in one of several ways (advances or gets lost) or is still waiting when the
observation ends: censored, and neither one nor the other. Aalen & Johansen (1978, Scandinavian
Journal of Statistics 5:141) add up how many of those still at risk ended each way:

    F_k(t) = sum over t_i <= t of S(t_i-) d_ki / n_i        S(t) = product of (1 - d_i / n_i)

where n_i are at risk just before t_i, d_ki of them end by way k then and d_i by any. S and all F_k
add up to 1 at every moment. With a single way, S is the estimate of Kaplan & Meier (1958). One
minus Kaplan–Meier for each way alone is no probability here: it takes whoever went the other way
for somebody who may still come.

The variance is Dinse & Larson's (1986, Biometrika 73:379), the delta method. Without censoring it
is that of a share, F (1 - F) / n.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from journeyflow.analysis.shares import NEARLY, Floats, wilsons

Integers = npt.NDArray[np.int64]


# Of fewer, or of a smaller part of them all, a curve says more than is known.
FEWEST_AT_RISK, LEAST_AT_RISK = 10, 0.05


def is_mature(at_risk: npt.ArrayLike, of: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Whether enough are still at risk, `of` so many at first, for a curve to be shown there."""
    least = np.maximum(LEAST_AT_RISK * np.asarray(of, dtype=float), FEWEST_AT_RISK)
    return np.asarray(np.asarray(at_risk) >= least)


@dataclass(frozen=True)
class Incidence:
    """The curves of `ways` ways to end, at the k different moments when something happened.

    times: (k) ascending. at_risk: (k) how many were still waiting just before.
    waiting: (k) S, the share still waiting after it. ended: (ways, k) F, the shares that had ended
    by each way; at every moment all shares add up to 1. variance: (ways, k) of F.
    """

    times: Floats
    at_risk: Integers
    waiting: Floats
    ended: Floats
    variance: Floats

    def at(self, moments: npt.ArrayLike) -> npt.NDArray[np.intp]:
        """Positions of the latest times not after the `moments`; -1 before the first."""
        return np.searchsorted(self.times, np.asarray(moments, dtype=float), side="right") - 1


def incidence(times: npt.ArrayLike, ended: npt.ArrayLike, censored: npt.ArrayLike) -> Incidence:
    """Estimate the curves from counts.

    In: `times` (k), in any order and with repeats; `ended` (ways, k) how many ended by each way
    then; `censored` (k) how many were still waiting when their observation ended then. Who is
    censored at a moment was at risk at it. Counts are whole, so sums do not depend on the order.
    Out: `Incidence`, empty for no rows.
    """
    moments, place = np.unique(np.asarray(times, dtype=float), return_inverse=True)
    ways = np.atleast_2d(np.asarray(ended, dtype=np.int64))
    counts = np.zeros((len(ways), len(moments)), dtype=np.int64)
    for way, row in zip(counts, ways, strict=True):
        np.add.at(way, place, row)
    gone = counts.sum(axis=0)
    leaving = gone.copy()
    np.add.at(leaving, place, np.asarray(censored, dtype=np.int64))
    at_risk = leaving[::-1].cumsum()[::-1]
    happening = at_risk > 0
    moments, counts, gone = moments[happening], counts[:, happening], gone[happening]
    at_risk = at_risk[happening]
    waiting = np.cumprod(1 - gone / at_risk)
    before = np.concatenate(([1.0], waiting[:-1]))
    shares = np.cumsum(before * counts / at_risk, axis=1)
    variance = np.stack(
        [_variance(before, at_risk, gone, *each) for each in zip(counts, shares, strict=True)]
    )
    return Incidence(moments, at_risk, waiting, shares, variance)


def _variance(
    before: Floats, at_risk: Integers, gone: Integers, way: Integers, share: Floats
) -> Floats:
    """Dinse & Larson's variance of one way's share at each moment.

    Sum over t_i <= t of (F(t) - F(t_i))^2 a_i + b_i - 2 (F(t) - F(t_i)) c_i, multiplied out into
    sums that run on. Where everybody left at risk ends at once, nothing can come after, and the
    term of a_i counts nothing.
    """
    left = at_risk - gone
    a = np.divide(gone, at_risk * left.astype(float), out=np.zeros(len(gone)), where=left > 0)
    b = before**2 * way * (at_risk - way) / at_risk.astype(float) ** 3
    c = before * way / at_risk.astype(float) ** 2
    spread = share**2 * a.cumsum() - 2 * share * (share * a).cumsum() + (share**2 * a).cumsum()
    mixed = share * c.cumsum() - (share * c).cumsum()
    return np.asarray(np.maximum(spread + b.cumsum() - 2 * mixed, 0.0))


def interval(
    share: npt.ArrayLike, variance: npt.ArrayLike, seen: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Intervals (95 %) of shares that were estimated with some still on the way.

    Wilson's, as if of n = F (1 - F) / Var(F) that were seen to the end (Rothman 1978, Journal of
    Chronic Diseases 31:557). Without censoring that is the plain Wilson interval. Of a share of 0
    or 1 the variance says nothing; there n is how many were `seen` to the end.
    """
    part = np.asarray(share, dtype=float)
    spread = np.asarray(variance, dtype=float)
    whole = np.asarray(seen, dtype=float).copy()
    told = (spread > 0) & (part > NEARLY) & (part < 1 - NEARLY)
    whole[told] = (part * (1 - part))[told] / spread[told]
    return wilsons(part * whole, whole)
