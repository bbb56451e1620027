"""Whether curves of segments differ over all of time, not only at one horizon.

`log_rank` is for one kind of end. Where a journey may convert or get lost, use `gray`: it compares
the cumulative incidence of one outcome, as Aalen-Johansen estimates it, with the others competing.
Units count as independent, and being open as telling nothing of what comes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import chdtrc

_Floats = npt.NDArray[np.float64]
_Flags = npt.NDArray[np.bool_]

ONE_SEGMENT = "fewer than two segments"
NO_EVENTS = "nobody had the outcome"
NEVER_TOGETHER = "a segment was never at risk together with the others"


class CurveTest(NamedTuple):
    """chi2 with its degrees of freedom and p; NaN with a reason where there is no test."""

    chi2: float
    df: int
    p: float
    reason: str | None


def log_rank(time: npt.ArrayLike, event: npt.ArrayLike, segment: npt.ArrayLike) -> CurveTest:
    """The log-rank test between segments, by statsmodels.

    In: per unit its time (to the event, or observed for), whether the event happened, and its
    segment. Source: N. Mantel, Cancer Chemotherapy Reports 50 (1966), 163-170.
    """
    from statsmodels.duration.survfunc import survdiff

    times, happened = np.asarray(time, np.float64), np.asarray(event, np.bool_)
    place, segments = _places(segment)
    if reason := _no_test(segments, happened):
        return reason
    # Nobody joins later, so whoever was ever at risk together was at the first event. Rounding may
    # hide from the library that there was nothing to compare.
    first = times[happened].min()
    last = np.zeros(segments)
    np.maximum.at(last, place, times)
    if (last < first).any() or not (~happened | (times > first))[times >= first].any():
        return _none(segments, NEVER_TOGETHER)
    found, p = survdiff(times, happened.astype(int), place)
    return CurveTest(float(found), segments - 1, float(p), None)


def gray(
    time: npt.ArrayLike,
    outcome: npt.ArrayLike,
    segment: npt.ArrayLike,
    *,
    of: str = "converted",
    still_open: str = "open",
) -> CurveTest:
    """Gray's test between segments for the cumulative incidence of one outcome.

    In: per unit its time (to the outcome, or observed for), its outcome and its segment. Every
    outcome but `of` and `still_open` competes. Without any competing outcome it asks the same as
    `log_rank`. Source: R. J. Gray, A class of K-sample tests for comparing the cumulative incidence
    of a competing risk, Annals of Statistics 16 (1988), 1141-1154, with rho = 0.
    """
    outcomes = np.asarray(outcome)
    place, segments = _places(segment)
    happened = outcomes == of
    if reason := _no_test(segments, happened):
        return reason
    score, covariance = _score(
        np.asarray(time, np.float64), happened, ~happened & (outcomes != still_open), place
    )
    # The scores add up to 0, so that one of them is left out.
    covariance, score = covariance[:-1, :-1], score[:-1]
    if np.linalg.matrix_rank(covariance, hermitian=True) < len(score):
        return _none(segments, NEVER_TOGETHER)
    found = float(score @ np.linalg.solve(covariance, score))
    return CurveTest(found, len(score), float(chdtrc(len(score), found)), None)


def _places(segment: npt.ArrayLike) -> tuple[npt.NDArray[np.intp], int]:
    """The number of each unit's segment, NULL being one, and how many there are."""
    place, names = pd.factorize(pd.Series(segment), sort=True, use_na_sentinel=False)
    return place, len(names)


def _no_test(segments: int, happened: _Flags) -> CurveTest | None:
    if segments < 2:
        return _none(segments, ONE_SEGMENT)
    return None if happened.any() else _none(segments, NO_EVENTS)


def _none(segments: int, reason: str) -> CurveTest:
    return CurveTest(np.nan, max(0, segments - 1), np.nan, reason)


def _score(
    time: _Floats, happened: _Flags, competing: _Flags, place: npt.NDArray[np.intp]
) -> tuple[_Floats, _Floats]:
    """Gray's scores and their covariance under equal incidence, per segment (k) and time (t).

    With Y at risk, S the Kaplan-Meier estimate of no outcome and F the cumulative incidence of a
    segment, both just before t, its risk set is R = Y (1 - F) / S and its score the sum of
    d - (all d) R / (all R). The score is a sum of martingale integrals over both kinds of outcome.
    Its covariance puts the common incidence in place of F, and takes the variance of draws without
    replacement where several outcomes fall on one time.
    """
    segments = int(place.max()) + 1
    moments = np.unique(time[happened | competing])
    first, second = (
        _per_time(moments, time, flag, place, segments) for flag in (happened, competing)
    )
    at_risk = np.column_stack(
        [
            (place == k).sum() - np.searchsorted(np.sort(time[place == k]), moments, "left")
            for k in range(segments)
        ]
    ).astype(np.float64)
    some = at_risk > 0
    safe = np.where(some, at_risk, 1.0)
    after = np.cumprod(1 - (first + second) / safe, axis=0)
    before = np.vstack([np.ones(segments), after[:-1]])
    own = np.vstack([np.zeros(segments), np.cumsum(before * first / safe, axis=0)[:-1]])
    # Whoever would be at risk had nobody had an outcome yet: Y / S; 0 where nobody is at risk.
    scaled = np.where(some, at_risk, 0.0) / np.where(some, before, 1.0)
    risk_set = scaled * (1 - own)
    all_first, all_scaled = first.sum(axis=1), scaled.sum(axis=1)
    score = (first - all_first[:, None] * risk_set / risk_set.sum(axis=1, keepdims=True)).sum(
        axis=0
    )

    # A segment that nobody is at risk in any more leaves the sum, which may then pass 1.
    common = np.minimum(np.cumsum(all_first / all_scaled), 1.0)
    without = 1 - np.concatenate([[0.0], common[:-1]])
    step = np.where(without > 0, all_first, 0.0) / (all_scaled * np.where(without > 0, without, 1))
    covariance = np.zeros((segments, segments))
    for r in range(segments):
        unit = np.arange(segments) == r
        weight = np.where(some[:, [r]], scaled * (unit - scaled[:, [r]] / all_scaled[:, None]), 0.0)
        passed = np.cumsum(weight * step[:, None], axis=0)
        to_come = passed[-1] - passed
        live = after[:, r] > 0
        ratio = np.where(live, (1 - common) / np.where(live, after[:, r], 1.0), 0.0)[:, None]
        drawn = all_scaled * before[:, r]
        of_first = _tied(all_first, drawn) * before[:, r] * all_first / (all_scaled * safe[:, r])
        of_second = (
            _tied(second[:, r], safe[:, r]) * second[:, r] * (before[:, r] / safe[:, r]) ** 2
        )
        for variance, reach in (
            (np.where(some[:, r], of_first, 0.0), weight + (1 - ratio) * to_come),
            (np.where(live, of_second, 0.0), -ratio * to_come),
        ):
            covariance += (reach * variance[:, None]).T @ reach
    return score, covariance


def _per_time(
    moments: _Floats, time: _Floats, flag: _Flags, place: npt.NDArray[np.intp], segments: int
) -> _Floats:
    counts = np.zeros((len(moments), segments))
    np.add.at(counts, (np.searchsorted(moments, time[flag]), place[flag]), 1)
    return counts


def _tied(drawn: _Floats, from_: _Floats) -> _Floats:
    """What is left of the variance when `drawn` outcomes fall on one time."""
    return np.clip(1 - (drawn - 1) / np.maximum(from_ - 1, 1e-9), 0.0, 1.0)
