"""Paths as counts of transitions: all that a Markov chain needs to know of them.

**Only cells that somebody walked are parameters.** A transition that nobody made has no place in
a model: it says nothing about the group, and a new path that makes it is judged by the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Counted:
    """V different paths as counts of the C cells that they walk.

    `cells` (C, ascending): with p symbols, a is the first touchpoint a, and p + a p + b the
    transition a -> b. `rows` (C): the distribution that a cell belongs to, from 0; `first`: the
    first cell of each. `counts` (V x C, sparse) and its transpose `turned`; `weights` (V):
    journeys, `journeys` of them in all; `pooled` (C): the distributions of all journeys together.
    """

    cells: Ints
    rows: Ints
    first: Ints
    counts: Any
    turned: Any
    weights: Floats
    journeys: float
    pooled: Floats

    @property
    def free(self) -> Ints:
        """Free parameters of each row: its cells less one."""
        return np.asarray(np.bincount(self.rows) - 1, dtype=np.int64)

    def per_row(self, expected: Floats) -> Floats:
        """Sums over the cells (first axis) of each row."""
        return np.asarray(np.add.reduceat(expected, self.first), dtype=np.float64)

    def resampled(self, size: int, dice: np.random.Generator) -> Counted:
        """As many journeys drawn from these, each with the same chance, and what they walk."""
        weights = dice.multinomial(size, self.weights / self.journeys).astype(np.float64)
        kept = np.flatnonzero(weights)
        return _counted(self.counts[kept], self.cells, self.rows, weights[kept])


def distinct(paths: Iterable[bytes], weights: Iterable[float]) -> tuple[list[bytes], Floats]:
    """The different ones of `paths`, sorted, and the sums of their weights."""
    held: Counter[bytes] = Counter()
    for path, weight in zip(paths, weights, strict=True):
        held[path] += weight  # type: ignore[assignment]
    known = sorted(held)
    return known, np.array([held[path] for path in known], dtype=np.float64)


def tally(paths: Sequence[bytes], cells: Ints, symbols: int) -> Any:
    """Counts (V x C, sparse) of `cells` in paths of one byte per step; others are passed over."""
    lengths = np.fromiter(map(len, paths), np.int64, len(paths))
    owner = np.repeat(np.arange(len(paths)), lengths)
    walked = np.frombuffer(b"".join(paths), np.uint8).astype(np.int64)
    follows = owner[1:] == owner[:-1]
    walked[1:] += np.where(follows, symbols + symbols * walked[:-1], 0)
    place = np.searchsorted(cells, walked)
    known = place < len(cells)
    known[known] = cells[place[known]] == walked[known]
    ones = np.ones(int(known.sum()))
    shape = (len(paths), len(cells))
    return sparse.coo_array((ones, (owner[known], place[known])), shape=shape).tocsr()


def count(paths: Sequence[bytes], weights: Floats, symbols: int) -> Counted:
    """What a model needs to know of paths over `symbols` touchpoints; none of them is empty."""
    cells = np.arange(symbols + symbols**2)
    return _counted(tally(paths, cells, symbols), cells, cells // symbols, weights)


def _counted(counts: Any, cells: Ints, rows: Ints, weights: Floats) -> Counted:
    walks = np.asarray(weights @ counts)
    walked = np.flatnonzero(walks)
    _, first, rows = np.unique(rows[walked], return_index=True, return_inverse=True)
    counts = sparse.csr_array(counts[:, walked])
    return Counted(
        cells=cells[walked],
        rows=rows,
        first=first,
        counts=counts,
        turned=sparse.csr_array(counts.T),
        weights=weights,
        journeys=float(weights.sum()),
        pooled=walks[walked] / np.add.reduceat(walks[walked], first)[rows],
    )
