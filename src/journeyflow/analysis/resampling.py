"""The bootstrap over persons of whatever a chain of transitions says.

Persons are drawn, not transitions: the steps of one person hang together. A person belongs to
one bag and bags are drawn whole, with replacement, as often as there are bags (Efron 1979;
Davison & Hinkley 1997, chapter 3). With a bag per person that is the plain bootstrap.
With fewer bags it is that of random groups (Wolter 2007, chapter 2): because persons are put
into bags whatever they did, the spread between bags tells the spread between persons, only less
surely: a standard error from K bags is itself off by about 1 / sqrt(2 (K - 1)), or 2 % at 1,000.
It needs bags that say nothing of the person, as the remainder of a hash does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array

from journeyflow.analysis.chain import AbsorbingChain, solved
from journeyflow.analysis.graph import CONVERTED, LOST, PSEUDO, START

FEWEST_BAGS = 20
FEWEST_DRAWS = 40
_Ints = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """The counts of one draw, or of everybody.

    `visits`, `exits` (steps entered, journeys lost) per touchpoint of `Bags`; `chain` has those
    touchpoints only that are seen to lead to an end, their places being `inside`.
    """

    visits: _Ints
    exits: _Ints
    chain: AbsorbingChain
    inside: _Ints


class Bags:
    """Transition counts per bag of persons, ready to be drawn from.

    In: `bags` (bag, from_touchpoint, to_touchpoint, transitions), with the pseudo touchpoints
    of the published table; rows in any order, equal ones are added. `touchpoints` are sorted.
    """

    def __init__(self, bags: pd.DataFrame) -> None:
        numbers, bag = np.unique(bags["bag"].to_numpy(np.int64), return_inverse=True)
        ends = [pd.factorize(bags[end]) for end in ("from_touchpoint", "to_touchpoint")]
        self.touchpoints = tuple(
            sorted({name for _, names in ends for name in names} - PSEUDO.keys())
        )
        self.size = len(numbers)
        # A row per touchpoint and one of starts; a column per touchpoint and two of ends.
        n = len(self.touchpoints)
        place = {name: position for position, name in enumerate(self.touchpoints)}
        of_rows, of_columns = {**place, START: n}, {**place, CONVERTED: n, LOST: n + 1}
        row, column = (
            np.array([known.get(name, -1) for name in names], np.int64)[codes]
            for (codes, names), known in zip(ends, (of_rows, of_columns), strict=True)
        )
        kept = (row >= 0) & (column >= 0) & ((row < n) | (column < n))
        cell = row[kept] * (n + 2) + column[kept]
        counts = bags["transitions"].to_numpy(np.int64)[kept]
        shape = (self.size, (n + 1) * (n + 2))
        self._cells = coo_array((counts, (bag[kept], cell)), shape=shape).tocsr()

    def everybody(self) -> Sample:
        """The counts as they are."""
        return self._sample(np.ones(self.size, dtype=np.int64) @ self._cells)

    def draws(self, draws: int, seed: int) -> Iterator[Sample]:
        """Resampled counts. The seed and the sorted bag numbers alone decide the draws."""
        if not self.size:
            return
        even = np.full(self.size, 1 / self.size)
        weights = np.random.default_rng(seed).multinomial(self.size, even, size=draws)
        for first in range(0, draws, 50):  # 200 touchpoints: 16 MB a time, 160 MB for 500 at once
            for cells in weights[first : first + 50] @ self._cells:
                yield self._sample(cells)

    def _sample(self, cells: _Ints) -> Sample:
        n = len(self.touchpoints)
        table = cells.reshape(n + 1, n + 2)
        counts = table.astype(np.float64)
        chain = solved(
            self.touchpoints, counts[:n, :n], counts[n, :n], counts[:n, n], counts[:n, n + 1]
        )
        known = set(chain.touchpoints)
        inside = [place for place, name in enumerate(self.touchpoints) if name in known]
        return Sample(
            visits=table[:, :n].sum(axis=0),
            exits=table[:n, n + 1],
            chain=chain,
            inside=np.array(inside, dtype=np.int64),
        )


def percentiles(low: _Floats, high: _Floats) -> tuple[_Floats, _Floats]:
    """The 95 % interval of each column over draws (rows), by order statistics.

    In: the same figures twice, or where a figure is not known in a draw the least and the most
    that it may be (-inf and inf for anything), so that what is not known widens the interval. An
    end is infinite where a figure is unknown in more than 2.5 % of the draws.
    """
    last = len(low) - 1
    ends = np.floor(0.025 * last), np.ceil(0.975 * last)
    return np.sort(low, axis=0)[int(ends[0])], np.sort(high, axis=0)[int(ends[1])]


def rank_span(values: _Floats, alike: float = 1e-12) -> tuple[_Floats, _Floats]:
    """Best and worst rank of each column in every row, the largest value being first.

    Ties take all ranks that they share, values closer than `alike` being ties. What is NaN
    may be anywhere: it has every rank, and may stand before any of the others or behind.
    """
    draws, n = values.shape
    order = np.argsort(-values, axis=1, kind="stable")  # NaN last
    ordered = np.take_along_axis(values, order, axis=1)
    begins = np.ones((draws, n), dtype=bool)
    begins[:, 1:] = ~(ordered[:, :-1] - ordered[:, 1:] <= alike)
    ends = np.ones((draws, n), dtype=bool)
    ends[:, :-1] = begins[:, 1:]
    place = np.arange(n)
    best = np.maximum.accumulate(np.where(begins, place, 0), axis=1) + 1
    worst = np.minimum.accumulate(np.where(ends, place, n)[:, ::-1], axis=1)[:, ::-1] + 1
    unknown = np.isnan(ordered)
    worst = np.where(unknown, n, worst + unknown.sum(axis=1, keepdims=True))
    best = np.where(unknown, 1, best)
    low, high = np.empty((draws, n)), np.empty((draws, n))
    np.put_along_axis(low, order, best, axis=1)
    np.put_along_axis(high, order, worst, axis=1)
    return low, high
