"""How long it takes to go on from a touchpoint, with those who still wait accounted for.

Whoever is at a touchpoint goes on to one of the others or gets lost: these ways compete, and a wait
that still runs when the observation ends is censored. To leave such waits out makes waiting look
short, since the long ones are those that run. So there is an Aalen-Johansen curve F for each next
touchpoint (see `incidence`). What F_to rises by at t is S(t-) d / n: each of the N waits at `from`
that ended with `to` stands for N S(t-) / n waits, which is one over the share that was watched for
so long (Satten & Datta 2001, The American Statistician 55:207).

**Quantiles** are of those who go this way: the wait where F_to(t) = p F_to(end), with the middle
between two waits where that holds from one up to the next. If no wait runs it is the plain median.
The end is the last moment that was watched. Where many still wait there, F_to has more to rise. If
they go on as the others did, it ends at F_to(end) / (1 - S(end)); where the share p of that lies
beyond F_to(end), the curve is too young to tell the quantile: NaN, and a reason.

**The interval** of a median (95 %) is that of order statistics, whose ends are waits (W. J.
Conover, Practical Nonparametric Statistics, 1971, chapter 3), and not one from the band of F: it
needs no smoothness, which page views ten seconds apart do not have, and without censoring it is
exact whatever the distribution. Weighed waits count as as many plain ones as would have the same
variance (Kish 1965, Survey Sampling, section 11.7), rounded down; the weights being taken as
known, that is a little too few. The upper end allows for those who still wait at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from journeyflow.analysis.graph import LOST, OPEN
from journeyflow.analysis.incidence import Incidence, incidence
from journeyflow.analysis.shares import Z95

SECOND_US = 1_000_000
MEDIAN_NOT_REACHED = "median_not_reached"
P90_NOT_REACHED = "p90_not_reached"
FIGURES = ("median_s", "median_low_s", "median_high_s", "p90_s", "share")
_ROUNDING = 1e-9
_Floats = npt.NDArray[np.floating]
_Places = npt.NDArray[np.intp]


def curves(counts: pd.DataFrame, by: Sequence[str]) -> Iterator[tuple[_Places, Incidence]]:
    """The curves of each place where customers wait.

    In: `counts` with the columns `by`, which name the place, to_touchpoint (`(lost)`, `(open)` for
    waits that still run, else where they went), wait_us, waits (how many there were of this
    length). Out: for each place the positions of its rows, and its curves of two ways: gone on to
    any touchpoint, and lost.
    """
    if counts.empty:
        return
    place = counts.groupby(list(by), dropna=False).ngroup().to_numpy()
    order = np.argsort(place, kind="stable")
    wait, waits, to = (counts[each].to_numpy() for each in ("wait_us", "waits", "to_touchpoint"))
    lost, running = np.where(to == LOST, waits, 0), np.where(to == OPEN, waits, 0)
    went = waits - lost - running
    for rows in np.split(order, np.flatnonzero(np.diff(place[order])) + 1):
        yield rows, incidence(wait[rows], [went[rows], lost[rows]], running[rows])


def weighed(counts: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The waits of those who went on, and how many waits each of them stands for.

    In: `counts` as for `curves`. Out: its rows without `(lost)` and `(open)`, with the columns
    weight and known, the share of all waits at the place that had ended when its curve ends.
    """
    weight, known = np.empty(len(counts)), np.empty(len(counts))
    wait = counts["wait_us"].to_numpy()
    for rows, curve in curves(counts, by):
        before = np.concatenate(([1.0], curve.waiting[:-1]))
        weight[rows] = (curve.at_risk[0] * before / curve.at_risk)[curve.at(wait[rows])]
        known[rows] = 1 - curve.waiting[-1]
    went = ~counts["to_touchpoint"].isin([LOST, OPEN])
    return counts.assign(weight=weight, known=known)[went]


def read_off(went: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Medians, 90th percentiles and shares of all waiting, for each of the groups `keys`.

    In: rows of `weighed`. Out, sorted by the keys: these, transitions (how many waits ended),
    median_s, median_low_s, median_high_s (NaN below 6 waits, the upper end also where it lies
    beyond the curve), p90_s, share (of the waiting in `went`, as observed; NaN if nobody waited at
    all), reason (`median_not_reached`, or else `p90_not_reached`).
    """
    groups = went.groupby(list(keys), dropna=False)
    group = groups.ngroup().to_numpy()
    order = np.lexsort((went["wait_us"].to_numpy(), group))
    group = group[order]
    wait, waits, weight, known = (
        went[each].to_numpy(dtype=float)[order] for each in ("wait_us", "waits", "weight", "known")
    )
    mass = waits * weight
    risen = pd.Series(mass).groupby(group).cumsum().to_numpy()
    number = groups.ngroups
    total, grown, squares, ended, waited = (
        np.bincount(group, each, number)
        for each in (mass, mass / known, mass * weight, waits, waits * wait)
    )

    def reached(level: _Floats, *, middle: bool = False) -> _Floats:
        """The first wait by which each group's curve has risen to its level; NaN: none."""
        found = np.full(number, np.nan)
        there = np.flatnonzero(risen >= level[group] * (1 - _ROUNDING))
        which, first = np.unique(group[there], return_index=True)
        at = there[first]
        found[which] = wait[at]
        if middle:
            flat = risen[at] <= level[which] * (1 + _ROUNDING)
            found[which[flat]] = (wait[at[flat]] + wait[at[flat] + 1]) / 2
        return found

    plain = np.floor(total**2 / squares + _ROUNDING)
    # The rank that the binomial distribution gives, or of some hundred numbers the one below.
    rank = np.floor(plain / 2 - Z95 * np.sqrt(plain) / 2 + 0.5)
    some = np.where(rank >= 1, rank, np.nan)
    known_median, known_p90 = (p * grown <= total * (1 + _ROUNDING) for p in (0.5, 0.9))
    median = np.where(known_median, reached(0.5 * total, middle=True), np.nan)
    table = (
        groups.size()
        .reset_index()[list(keys)]
        .assign(
            transitions=ended.astype(np.int64),
            median_s=median / SECOND_US,
            median_low_s=np.where(known_median, reached(some / plain * total), np.nan) / SECOND_US,
            median_high_s=reached((plain - some + 1) / plain * grown) / SECOND_US,
            p90_s=np.where(known_p90, reached(0.9 * total, middle=True), np.nan) / SECOND_US,
            share=waited / waited.sum() if waited.any() else np.nan,
            reason=np.select(
                [~known_median, ~known_p90], [MEDIAN_NOT_REACHED, P90_NOT_REACHED], default=""
            ),
        )
    )
    return table.assign(reason=table["reason"].replace("", None))
