"""Paths as bytes: touchpoints become numbers that do not depend on their names.

The number of a touchpoint is its rank by visits. Equal ones are told apart by what they do:
where in paths they stand, then by the ranks of their neighbours, over and over (colour refinement,
Weisfeiler & Leman 1968). Only touchpoints that do exactly the same are ranked by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
import numpy.typing as npt
import pandas as pd

from journeyflow.analysis.personas.counted import Floats, Ints, distinct
from journeyflow.errors import SettingsError

OTHER = "(other)"
# A step is one byte of a folded path, and one of the 256 is kept for `(other)`.
MOST_SYMBOLS = 255
_ROUNDS = 8


@dataclass(frozen=True)
class Coded:
    """The distinct paths of a table, in an order that names and rows have no part in.

    `touchpoints`: names by rank; `steps`: ranks of all steps, one path after another, and
    `lengths` how many of them each path has; `weights`: journeys of each path; `folded`: one
    byte per step, rare touchpoints folded, repeats collapsed, long ones cut; `place`: of each
    row the number of its path, -1 for an empty one; `twins`: how many touchpoints with a number
    of their own in `folded` only names told apart from others.
    """

    touchpoints: tuple[str, ...]
    steps: Ints
    lengths: Ints
    weights: Floats
    folded: list[bytes]
    place: Ints
    twins: int

    @property
    def journeys(self) -> int:
        """How many have a path."""
        return int(self.weights.sum())

    @property
    def holder(self) -> Ints:
        """The path that each step stands in."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def path(self, number: int) -> Ints:
        """The ranks of one path's steps."""
        return self.steps[self.begins[number] :][: self.lengths[number]]

    @cached_property
    def begins(self) -> Ints:
        """Where in `steps` each path begins."""
        return np.cumsum(self.lengths) - self.lengths

    @property
    def visits(self) -> Floats:
        """Steps of all journeys at each touchpoint."""
        weights = self.weights[self.holder]
        visits = np.bincount(self.steps, weights, minlength=len(self.touchpoints))
        return visits.astype(np.float64)


def encode(paths: Sequence[Sequence[str]], journeys: Ints, symbols: int, longest: int) -> Coded:
    """Numbers the touchpoints of `paths` and merges equal ones; `journeys`: weight of each.

    The `symbols` most visited touchpoints keep a number of their own in `folded`, the others
    share the next one; paths are cut to their first `longest` steps there.
    Raises SettingsError for a step without a name.
    """
    flat, owner = _flat(paths)
    codes, found = pd.factorize(flat, sort=True)
    if (codes < 0).any():
        row = int(owner[codes < 0][0])
        raise SettingsError(f"Path {row + 1} has a step without a touchpoint; expected a name.")
    order, alike = _ranked(codes, owner, journeys[owner].astype(np.float64), len(found))
    rank = np.empty(len(found), np.int64)
    rank[order] = np.arange(len(found))
    text = rank[codes].astype(">u4").tobytes()
    ends = (4 * np.cumsum(np.bincount(owner, minlength=len(paths)))).tolist()
    keys = [text[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]
    known, weights = distinct(keys, journeys.tolist())
    if known and not known[0]:
        known, weights = known[1:], weights[1:]
    number = {key: position for position, key in enumerate(known)}
    lengths = np.fromiter((len(key) // 4 for key in known), np.int64, len(known))
    steps = np.frombuffer(b"".join(known), ">u4").astype(np.int64)
    holder = np.repeat(np.arange(len(known)), lengths)
    return Coded(
        touchpoints=tuple(str(found[position]) for position in order),
        steps=steps,
        lengths=lengths,
        weights=weights,
        folded=_folded(np.minimum(steps, symbols), holder, len(known), longest),
        place=np.array([number.get(key, -1) for key in keys], dtype=np.int64),
        twins=int(alike[order[:symbols]].sum()),
    )


def recode(paths: Sequence[Sequence[str]], touchpoints: Sequence[str], longest: int) -> list[bytes]:
    """New paths in known numbers; every touchpoint that has none becomes `(other)`, the last."""
    flat, owner = _flat(paths)
    codes = pd.Index(touchpoints, dtype=object).get_indexer(flat)
    return _folded(np.where(codes < 0, len(touchpoints), codes), owner, len(paths), longest)


def _flat(paths: Sequence[Sequence[str]]) -> tuple[np.ndarray, Ints]:
    """All steps one after another, and the path that each stands in."""
    lengths = np.fromiter(map(len, paths), np.int64, len(paths))
    flat = np.empty(int(lengths.sum()), dtype=object)
    flat[:] = list(chain.from_iterable(paths))
    return flat, np.repeat(np.arange(len(paths)), lengths)


def _folded(steps: Ints, owner: Ints, paths: int, longest: int) -> list[bytes]:
    """Repeats collapsed, cut to `longest`, a byte per step."""
    new = np.ones(len(steps), bool)
    new[1:] = (steps[1:] != steps[:-1]) | (owner[1:] != owner[:-1])
    steps, owner = steps[new], owner[new]
    lengths = np.bincount(owner, minlength=paths)
    ends = np.cumsum(lengths)
    text = steps.astype(np.uint8).tobytes()
    stops = ends - lengths + np.minimum(lengths, longest)
    starts = (ends - lengths).tolist()
    return [text[start:stop] for start, stop in zip(starts, stops.tolist(), strict=True)]


def _ranked(
    codes: Ints, owner: Ints, weights: Floats, names: int
) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Touchpoints from the most visited to the least, and which ones only names tell apart.

    All that is compared is sums of whole numbers, which no order of adding changes.
    """
    first = np.ones(len(codes), bool)
    first[1:] = owner[1:] != owner[:-1]
    starts = np.flatnonzero(first)
    place = np.arange(len(codes)) - np.repeat(starts, np.diff([*starts, len(codes)]))

    def summed(values: Ints | Floats) -> Floats:
        return np.bincount(codes, weights * values, minlength=names).astype(np.float64)

    # Long journeys would take squares beyond what a double holds exactly.
    near = np.minimum(place, 999)
    signs = [-summed(np.ones(len(codes))), summed(near), summed(near**2)]
    kind = _classes(signs)
    for _ in range(_ROUNDS):
        before, after = np.zeros(len(codes)), np.zeros(len(codes))
        before[1:] = np.where(first[1:], 0, kind[codes[:-1]] + 1)
        after[:-1] = np.where(first[1:], 0, kind[codes[1:]] + 1)
        refined = _classes(
            [kind, *map(summed, (before, before**2, after, after**2, before * after))]
        )
        if refined.max(initial=0) == kind.max(initial=0):
            break
        kind = refined
    return np.argsort(kind, kind="stable"), np.bincount(kind, minlength=1)[kind] > 1


def _classes(signs: Sequence[Ints | Floats]) -> Ints:
    """The rank of each column of signs among the different ones."""
    return np.unique(np.column_stack(signs), axis=0, return_inverse=True)[1].reshape(-1)
