"""What became of journeys within 30 days, by the state in which they were found.

A **state** is the last touchpoint and how long the customer has been silent, in classes. A
**landmark** is a moment at which a journey is looked at (van Houwelingen 2007, Scandinavian Journal
of Statistics 34:70): on every day of the past, at the hour at which observation ends, each journey
that was open and had not converted is in one state. So journeys are learned from as those are met
that are open now, in the midst of silences, and of long ones more often. To look at each when it
enters a class would take those for typical who come back at once.

What came of it within 30 days is known of a landmark 30 days before the end; a later one is
censored at the end, and neither converted nor lost. It converts or it gets lost, so the chance is
Aalen and Johansen's (`incidence`), never a share of those that are over. Landmarks and the end lie
whole days apart, so counting in days is exact.

A silence of weeks has many landmarks and one fate. Variances are therefore those of the estimate
times landmarks per silence, which takes all landmarks of a silence for one.

**Few.** What is expected of a state takes in 20 more silences that went as all of that class did,
whatever the touchpoint: p = (n p_state + 20 p_class) / (n + 20). So a state of three journeys says
what its class says, and one of thousands what it says itself. Where none of the state has been
seen for 30 days yet, its curve goes on as that of its class does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from journeyflow.analysis.incidence import incidence, interval
from journeyflow.analysis.shares import effective_size, wilson
from journeyflow.language import SMALLEST_SHARE_BASE

HORIZON_DAYS = 30
ANY = "(any)"
STATE = ["touchpoint", "silent_from_s"]
FATES = ("converted", "lost")
FEW = f"fewer than {SMALLEST_SHARE_BASE} silences like this were seen for {HORIZON_DAYS} days"
UNSEEN = f"hardly anybody so long silent has been seen for {HORIZON_DAYS} days"
Columns = Mapping[str, npt.NDArray[Any]]
# Silences that the class of a state counts for.
_PRIOR = SMALLEST_SHARE_BASE
_TYPES = {
    "touchpoint": "str", "silent_from_s": "int64", "n": "int64", "followed": "int64",
    "p_convert_30d": "float64", "low": "float64", "high": "float64", "p_lost_30d": "float64",
    "p_expected": "float64", "expected_low": "float64", "expected_high": "float64",
    "reason": "str",
}  # fmt: skip


def chances(landmarks: pd.DataFrame) -> pd.DataFrame:
    """The chance to convert within 30 days in every state, and in every class of silence.

    In: `landmarks` (touchpoint, silent_from_s, name, seen_days, days, moments, silences): counts of
    landmarks by their fate (`converted`, `lost`, NULL: none by then) `days` after them, of which
    `seen_days` were observed; `silences` counts each silence once. Only what was known.

    Out, by touchpoint, then class (`(any)`: all touchpoints together): touchpoint, silent_from_s,
    n (silences), followed (of these, seen for 30 days), p_convert_30d with low and high (95 %),
    p_lost_30d: Aalen and Johansen's, NaN with a `reason` where fewer than 20 were followed;
    p_expected with expected_low and expected_high: with the class of 20 more, NaN where the class
    itself is unknown. The interval of p_expected is Wilson's, of as many as it stands for.
    """
    seen = {state: _Seen(rows) for state, rows in by_state(landmarks)}
    classes = {each: _Seen(rows) for (each,), rows in by_state(landmarks, STATE[1:])}
    rows = [(*state, *found.told(classes[state[1]])) for state, found in seen.items()]
    rows += [(ANY, each, *found.told(found)) for each, found in classes.items()]
    table = pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES)
    return table.sort_values(STATE, ignore_index=True)


def by_state(
    landmarks: pd.DataFrame, state: Sequence[str] = STATE
) -> Iterator[tuple[tuple[Any, ...], Columns]]:
    """Each state that `landmarks` tell of, and the columns of its rows as arrays.

    A thousand states are a thousand small tables: as frames they would take a second.
    """
    columns = {name: landmarks[name].to_numpy() for name in landmarks}
    for each, found in sorted(landmarks.groupby(list(state)).indices.items()):
        key = each if isinstance(each, tuple) else (each,)
        yield key, {name: column[found] for name, column in columns.items()}


def everybody(landmarks: pd.DataFrame) -> float:
    """The chance of any open journey to convert within 30 days, whatever its state.

    Each day's landmarks are all journeys then open, so they are what an average needs. NaN where
    fewer than 20 silences were followed for 30 days.
    """
    seen = _Seen({name: landmarks[name].to_numpy() for name in landmarks})
    return seen.convert if seen.enough else np.nan


class _Seen:
    """What was seen of one state."""

    def __init__(self, rows: Columns) -> None:
        moments, silences = rows["moments"], rows["silences"]
        whole = rows["seen_days"] >= HORIZON_DAYS
        self.n = int(silences.sum())
        self.followed = int(silences[whole].sum())
        self.enough = self.followed >= SMALLEST_SHARE_BASE
        self.seen_days = rows["seen_days"].max(initial=0)
        ended = [np.where(rows["name"] == each, moments, 0) for each in FATES]
        self.curve = incidence(rows["days"], ended, moments - sum(ended))
        self.convert, self.lost = (_last(each) for each in self.curve.ended)
        self.variance = _last(self.curve.variance[0]) * moments.sum() / max(self.n, 1)

    def told(self, its_class: _Seen) -> tuple[object, ...]:
        expected, low, high = self._expected(its_class)
        if not self.enough:
            nothing = (np.nan,) * 4
            reason = FEW if its_class.enough else UNSEEN
            return (self.n, self.followed, *nothing, expected, low, high, reason)
        ((lower,), (upper,)) = interval([self.convert], [self.variance], [self.followed])
        figures = (self.convert, lower, upper, self.lost)
        return (self.n, self.followed, *figures, expected, low, high, None)

    def _expected(self, its_class: _Seen) -> tuple[float, float, float]:
        if not its_class.enough:
            return np.nan, np.nan, np.nan
        open_still = _last(self.curve.waiting, 1.0)
        own = self.convert + open_still * its_class.goes_on_after(self.seen_days)
        share = (self.n * own + _PRIOR * its_class.convert) / (self.n + _PRIOR)
        size = _PRIOR + effective_size(self.convert, sqrt(self.variance), self.followed)
        return (share, *wilson(share * size, size))

    def goes_on_after(self, day: float) -> float:
        """Of those who are still open after so many days, how many convert by the horizon."""
        (at,) = self.curve.at([day])
        if at < 0:
            return self.convert
        open_still = self.curve.waiting[at]
        later = self.convert - self.curve.ended[0][at]
        return float(later / open_still) if open_still > 0 else 0.0


def _last(values: npt.NDArray[np.float64], before: float = 0.0) -> float:
    return float(values[-1]) if len(values) else before
