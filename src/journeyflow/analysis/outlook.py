"""What to expect of a journey that is open: whether it converts, and where it is met next.

The states and what is learned of them are those of `landmarks`. The **next touchpoint** is where
the journey's next event within 30 days takes place, at the same touchpoint or at another; an event
that is a loss is none. It is the one that was met most often (equal ones: by name), and its chance
is Aalen and Johansen's against every other event and the loss.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from journeyflow.analysis.chain import OTHER
from journeyflow.analysis.incidence import incidence, interval
from journeyflow.analysis.landmarks import ANY, STATE, UNSEEN, by_state, chances

# The classes of silence, by the seconds with which each begins: those of the macro silence_class.
CLASSES = (0, 3_600, 86_400, 259_200, 604_800, 1_209_600, 2_592_000)
NOBODY_MET = "nobody was met again within 30 days"
NEVER_SEEN = "no journey of the past was found in this state"
_TYPES = {
    "touchpoint": "str", "silent_from_s": "int64", "silent_until_s": "Int64", "journeys": "int64",
    "n": "int64", "followed": "int64", "p_convert_30d": "float64", "low": "float64",
    "high": "float64", "p_lost_30d": "float64", "p_expected": "float64",
    "expected_low": "float64", "expected_high": "float64", "next_touchpoint": "str",
    "next_p": "float64", "next_low": "float64", "next_high": "float64", "reason": "str",
}  # fmt: skip
_MET = {
    "touchpoint": "str", "silent_from_s": "int64", "next_touchpoint": "str",
    "next_p": "float64", "variance": "float64",
}  # fmt: skip
_EXPECTED = ["p_expected", "expected_low", "expected_high"]
_NEXT = ["next_touchpoint", "next_p", "next_low", "next_high"]


def outlook(counts: pd.DataFrame) -> pd.DataFrame:
    """The outlook of every state.

    In: `counts` (part, touchpoint, silent_from_s, name, seen_days, days, moments, silences), rows
    of three parts: `fate`, as `landmarks.chances` takes them; `next`, landmarks by the days after
    which the journey was next met, `name` the likeliest touchpoint or `(other)`, NULL: not by then,
    with `(any)` for all touchpoints together; `open`, journeys that are open now.

    Out, by touchpoint, then class: what `chances` gives, with silent_until_s (<NA> of the last
    class), journeys (open now), next_touchpoint and next_p with next_low and next_high (95 %). NaN
    with a `reason`. A state in which no journey was ever found has n 0 and expects what its class
    does.
    """
    fates, met, now = (counts[counts["part"] == each] for each in ("fate", "next", "open"))
    now = pd.concat([now, now.assign(touchpoint=ANY)]).groupby(STATE)["moments"].sum()
    table = chances(fates).merge(now.rename("journeys").reset_index(), on=STATE, how="outer")
    sizes = ["journeys", "n", "followed"]
    table[sizes] = table[sizes].fillna(0)
    table = _with_next(_with_unseen(table), met)
    until = dict(pairwise(CLASSES))
    table["silent_until_s"] = table["silent_from_s"].map(until)
    return table.sort_values(STATE, ignore_index=True)[list(_TYPES)].astype(_TYPES)


def _with_unseen(table: pd.DataFrame) -> pd.DataFrame:
    """A state in which journeys are open and none ever was expects what its class does."""
    unseen = table["n"] == 0
    classes = table[table["touchpoint"] == ANY].set_index("silent_from_s")[_EXPECTED]
    theirs = classes.reindex(table.loc[unseen, "silent_from_s"])
    table.loc[unseen, _EXPECTED] = theirs.to_numpy()
    table.loc[unseen, "reason"] = np.where(theirs["p_expected"].isna(), UNSEEN, NEVER_SEEN)
    return table


def _with_next(table: pd.DataFrame, met: pd.DataFrame) -> pd.DataFrame:
    """The likeliest next touchpoint of every state of which enough is known, and its chance."""
    named = met[met["name"].notna() & (met["name"] != OTHER)]
    names = named.drop_duplicates(STATE).set_index(STATE)["name"]
    rows = []
    for state, found in by_state(met.assign(unmet=met["name"].isna())):
        name, moments = names.get(state), found["moments"]
        this = np.where(found["name"] == name, moments, 0)
        open_still = np.where(found["unmet"], moments, 0)
        curve = incidence(found["days"], [this, moments - this - open_still], open_still)
        rows.append((*state, name, curve.ended[0][-1], curve.variance[0][-1] * moments.sum()))
    nexts = pd.DataFrame(rows, columns=list(_MET)).astype(_MET)
    table = table.merge(nexts, on=STATE, how="left")
    # As in `landmarks`, all landmarks of a silence count as one.
    spread = table.pop("variance") / table["n"].clip(lower=1)
    table["next_low"], table["next_high"] = interval(table["next_p"], spread, table["followed"])
    known = table["p_convert_30d"].notna()
    nobody = table["next_touchpoint"].isna()
    table.loc[~known | nobody, _NEXT] = [None, np.nan, np.nan, np.nan]
    table.loc[known & nobody, "reason"] = NOBODY_MET
    return table
