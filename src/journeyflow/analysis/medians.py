"""Waits of segments side by side: their medians, and whether they differ by more than noise.

Why medians, and not Hodges-Lehmann's shift or means: the report prints medians, waits have long
tails, and two segments seldom differ by a mere shift. So the interval is that of the median
itself, by order statistics; that of a difference is made from two of them (Zou & Donner 2008);
and the test asks for the share of waits above the common median (Mood's median test). Nothing is
drawn at random, and the cost is that of finding a few order statistics.

Waits are those that ended. Where many are still open, compare curves (`curve_tests`) instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import nan

import numpy as np
import numpy.typing as npt
import pandas as pd

from journeyflow.analysis.multiple import REFERENCE, judged
from journeyflow.analysis.segments import (
    FEW_PERSONS,
    HIDDEN_REFERENCE,
    HIDES_ANOTHER,
    NOBODY,
    NOTHING_TO_COMPARE,
    REST,
    reference_of,
    typed,
)
from journeyflow.analysis.shares import Estimate, share_test, square_and_add
from journeyflow.analysis.suppression import SMALLEST_GROUP, suppressed
from journeyflow.errors import SettingsError

FEW_WAITS = "fewer than 6 waits on one side: their median has no interval"
ONE_SIDED = "no wait lies above the common median"

_COLUMNS = (
    "segment", "persons", "n", "median", "low", "high", "compared_with", "difference",
    "difference_low", "difference_high", "p", "q", "family", "verdict", "suppressed", "reason",
)  # fmt: skip
_Floats = npt.NDArray[np.float64]


def median(values: npt.ArrayLike) -> Estimate:
    """The median with its 95 % interval, whose ends are values.

    The closest pair of order statistics, equally far from both ends, that holds the true median
    with at least 95 % whatever the distribution (binomial; W. J. Conover, Practical
    Nonparametric Statistics, 1971, chapter 3). The ends are NaN below 6 values, all below 1.
    """
    from scipy.stats import binom

    given = np.asarray(values, dtype=np.float64)
    if not len(given):
        return Estimate(nan, nan, nan)
    rank = int(binom.ppf(0.025, len(given), 0.5))
    if rank < 1:
        return Estimate(float(np.median(given)), nan, nan)
    places = (rank - 1, len(given) - rank)
    low, high = (float(each) for each in np.partition(given, places)[list(places)])
    return Estimate(float(np.median(given)), low, high)


def compare_medians(
    waits: Mapping[str, npt.ArrayLike],
    *,
    persons: Mapping[str, int] | None = None,
    against: str = REST,
    family: npt.ArrayLike | None = None,
    q: float = 0.1,
    k: int = SMALLEST_GROUP,
) -> pd.DataFrame:
    """Compares the median wait of every segment with that of the rest, the largest, or a named one.

    In: per segment its waits in seconds (NaN is left out), and how many persons they are of
    (else every wait counts as a person); the rest as in `segments.compare_segments`.

    Out, sorted by segment: segment, persons, n (waits), median, low, high, compared_with,
    difference, difference_low, difference_high (seconds; 95 %, each by itself), p (Mood's median
    test by `shares.share_test`), q, family, verdict, suppressed, reason. Raises SettingsError for
    an unknown `against`, and where persons are missing.
    """
    given = {name: _known(waits[name]) for name in sorted(waits)}
    sizes = {name: len(values) for name, values in given.items()}
    counts = sizes if persons is None else {n: persons[n] for n in given if n in persons}
    if unknown := sorted(given.keys() - counts.keys()):
        raise SettingsError(f"persons does not say how many {unknown[0]!r} has.")
    reference = reference_of(list(sizes), list(sizes.values()), against)
    small, hidden = suppressed(counts, k, spare=reference)
    theirs = given[reference] if reference is not None else None
    everything = _joined(list(given.values()))
    rows = []
    for name, mine in given.items():
        row: dict[str, object] = {
            "segment": name,
            "compared_with": reference or REST,
            "suppressed": False,
        }
        if name in small or name in hidden:
            row |= {"suppressed": True, "reason": FEW_PERSONS if name in small else HIDES_ANOTHER}
        else:
            own = median(mine)
            row |= {
                "persons": counts[name],
                "n": len(mine),
                "reason": None if len(mine) else NOBODY,
            }
            row |= dict(zip(("median", "low", "high"), own, strict=True))
            if name == reference:
                row |= {"verdict": REFERENCE, "compared_with": None}
            elif reference in small or reference in hidden:
                row["reason"] = HIDDEN_REFERENCE
            elif theirs is not None:
                row |= _comparison(mine, own, theirs, _joined([mine, theirs]))
            else:
                rest = _joined([each for other, each in given.items() if other != name])
                row |= _comparison(mine, own, rest, everything)
        rows.append(row)
    return judged(typed(rows, _COLUMNS), family, q)[list(_COLUMNS)]


def _comparison(
    mine: _Floats, own: Estimate, theirs: _Floats, together: _Floats
) -> dict[str, object]:
    if not len(mine):
        return {}
    if not len(theirs):
        return {"reason": NOTHING_TO_COMPARE}
    between = square_and_add(own, median(theirs))
    middle = np.median(together)
    above = [int((side > middle).sum()) for side in (mine, theirs)]
    p = share_test(above[0], len(mine), above[1], len(theirs)).p
    few = np.isnan(between.low)
    return {
        "difference": between.value,
        "difference_low": between.low,
        "difference_high": between.high,
        "p": p,
        "reason": ONE_SIDED if np.isnan(p) else FEW_WAITS if few else None,
    }


def _known(values: npt.ArrayLike) -> _Floats:
    given = np.asarray(values, dtype=np.float64)
    return given[~np.isnan(given)]


def _joined(parts: list[_Floats]) -> _Floats:
    return np.concatenate([np.empty(0), *parts])
