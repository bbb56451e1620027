"""The absorbing Markov chain over the steps of journeys, solved exactly.

States are touchpoints; a journey is absorbed in `(converted)` or `(lost)`. With Q the
probabilities among touchpoints, r and x those of converting and of getting lost, s the start
distribution (Kemeny & Snell 1960, chapter 3):

    N = (I - Q)^-1    visits v = s N    chance to convert h = N r    overall chance c = s h

On finished journeys c equals the observed conversion exactly, whatever the loops, because
every touchpoint is left as often as it is entered.

**Open journeys.** Their transitions count, their ends do not: an open journey is neither a
conversion nor a loss, so rows are normalised over what was seen to follow. That is the usual
reading of censoring, and it assumes that the open will go on as the others did. A touchpoint
from which no seen way leads to an end (everybody who got there is still on the way) has no
figure, and none is made up for it: it leaves the chain, and a transition into it is treated
as if the journey were open one step before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from journeyflow.analysis.graph import CONVERTED, LOST, PSEUDO, START, centrality

OTHER = "(other)"
_MEASURES = (
    "touchpoint", "p_convert", "share_of_losses", "removal_effect", "pagerank", "betweenness",
)  # fmt: skip
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class AbsorbingChain:
    """A solved chain of n touchpoints.

    `transient` (n x n) is Q, `converted` r and `lost` x (n), `start` s (n, sums to 1),
    `fundamental` N (n x n), `visits` v: expected visits per journey, `p_convert` h, and
    `conversion` c (NaN where no journey starts inside the chain). `left` (n) counts how often
    each was left in a seen way, `started` the journeys that start inside the chain.
    """

    touchpoints: tuple[str, ...]
    transient: _Floats
    converted: _Floats
    lost: _Floats
    start: _Floats
    fundamental: _Floats
    visits: _Floats
    p_convert: _Floats
    conversion: float
    left: _Floats
    started: float

    def losses(self) -> _Floats:
        """Expected losses per journey at each touchpoint, v_i x_i; they add up to 1 - c."""
        return self.visits * self.lost

    def removal_effects(self) -> _Floats:
        """1 - c(without i) / c for each touchpoint i, whoever would enter i being lost.

        Equals the chance that a converting journey visits i: v_i h_i / (N_ii c), so one
        inverse serves all touchpoints. NaN where nothing converts.
        """
        if not self.conversion > 0:
            return np.full(len(self.touchpoints), np.nan)
        ever = self.visits / np.diag(self.fundamental)
        return np.asarray(ever * self.p_convert / self.conversion, dtype=np.float64)


def absorbing_chain(transitions: pd.DataFrame) -> AbsorbingChain:
    """Estimates and solves the order-1 chain.

    In: `transitions` (from_touchpoint, to_touchpoint, transitions) with the pseudo touchpoints
    of the published table. Touchpoints are sorted by name and counts are added as integers, so
    the order of rows changes nothing.
    """
    counts = transitions.groupby(["from_touchpoint", "to_touchpoint"])["transitions"].sum()
    names = sorted({name for ends in counts.index for name in ends} - PSEUDO.keys())
    place = {name: position for position, name in enumerate(names)}
    between = np.zeros((len(names), len(names)))
    start, converted, lost = (np.zeros(len(names)) for _ in range(3))
    for (source, target), count in counts.items():
        if source == START and target in place:
            start[place[target]] = count
        elif source in place and target in place:
            between[place[source], place[target]] = count
        elif source in place and target in (CONVERTED, LOST):
            (converted if target == CONVERTED else lost)[place[source]] = count

    return solved(names, between, start, converted, lost)


def solved(
    names: Sequence[str], between: _Floats, start: _Floats, converted: _Floats, lost: _Floats
) -> AbsorbingChain:
    """The chain of counted transitions, of which `absorbing_chain` reads a table.

    In: `between` (n x n) counts from each to each touchpoint; `start`, `converted` and `lost`
    (n) from `(start)` and to the two ends; all in the order of `names`, which the chain keeps.
    """
    known = reaches_an_end(between, converted + lost)
    between, start = between[np.ix_(known, known)], start[known]
    converted, lost = converted[known], lost[known]
    leaving = between.sum(axis=1) + converted + lost
    transient = between / leaving[:, None]
    begun = start.sum()
    if begun > 0:
        start = start / begun
    fundamental = np.linalg.inv(np.eye(len(leaving)) - transient)
    p_convert = fundamental @ (converted / leaving)
    return AbsorbingChain(
        touchpoints=tuple(name for name, inside in zip(names, known, strict=True) if inside),
        transient=transient,
        converted=converted / leaving,
        lost=lost / leaving,
        start=start,
        fundamental=fundamental,
        visits=start @ fundamental,
        p_convert=p_convert,
        conversion=float(start @ p_convert) if begun > 0 else float("nan"),
        left=leaving,
        started=float(begun),
    )


def chain_measures(transitions: pd.DataFrame) -> pd.DataFrame:
    """touchpoint, p_convert, share_of_losses, removal_effect of every touchpoint in the chain.

    The shares of losses add up to 1; all are NaN where nobody was lost.
    """
    chain = absorbing_chain(transitions)
    losses = chain.losses()
    total = losses.sum()
    return pd.DataFrame(
        {
            "touchpoint": pd.Series(chain.touchpoints, dtype="str"),
            "p_convert": chain.p_convert,
            "share_of_losses": losses / total if total > 0 else np.full(len(losses), np.nan),
            "removal_effect": chain.removal_effects(),
        }
    )


def fold(transitions: pd.DataFrame, limit: int) -> tuple[pd.DataFrame, list[str]]:
    """Keeps the `limit` most visited touchpoints and renames all others to `(other)`.

    Visits = steps entered (equal ones: by name). Out: from_touchpoint, to_touchpoint,
    transitions, and the sorted names folded. The counts lose nothing by it.
    """
    entered = transitions.groupby("to_touchpoint")["transitions"].sum()
    left = transitions.groupby("from_touchpoint")["transitions"].sum() * 0
    visits = entered.add(left, fill_value=0).drop(labels=list(PSEUDO), errors="ignore")
    ranked = sorted(visits.items(), key=lambda item: (-item[1], item[0]))
    folded = sorted(str(name) for name, _ in ranked[limit:])
    names = dict.fromkeys(folded, OTHER)
    ends = {
        column: transitions[column].map(lambda name: names.get(name, name)).astype("str")
        for column in ("from_touchpoint", "to_touchpoint")
    }
    edges = pd.DataFrame({**ends, "transitions": transitions["transitions"]})
    return edges.groupby(["from_touchpoint", "to_touchpoint"], as_index=False).sum(), folded


def measures(transitions: pd.DataFrame, limit: int = 200) -> pd.DataFrame:
    """All graph measures, one row per touchpoint of `transitions`, sorted by touchpoint.

    In: `transitions` (from_touchpoint, to_touchpoint, transitions). Out: touchpoint, p_convert,
    share_of_losses, removal_effect, pagerank, betweenness (NaN = NULL). Only the `limit` most
    visited touchpoints take part. The others are folded into one node; they get NaN, and a last
    row `(other)` carries that node's figures, so that the shares still add up to 1. A touchpoint
    outside the chain (see the module) has NaN in the first three.
    """
    edges, folded = fold(transitions, limit)
    table = chain_measures(edges).merge(centrality(edges), on="touchpoint", how="outer")
    other = table["touchpoint"] == OTHER if folded else pd.Series(False, index=table.index)
    parts = [table[~other], pd.DataFrame({"touchpoint": pd.Series(folded, dtype="str")})]
    named = pd.concat(parts).sort_values("touchpoint")
    return pd.concat([named, table[other]], ignore_index=True)[list(_MEASURES)]


def reaches_an_end(between: _Floats, ends: _Floats) -> npt.NDArray[np.bool_]:
    """Which touchpoints have a seen way, over any number of steps, to where `ends` is above 0."""
    known = ends > 0
    while True:
        wider = known | (between[:, known] > 0).any(axis=1)
        if (wider == known).all():
            return known
        known = wider
