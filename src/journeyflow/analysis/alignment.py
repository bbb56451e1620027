"""Journeys beside the expected one: how far each is from it, and where it left it.

All are told in small numbers: a step is the number of its kind, and steps of one kind suit the
same positions of the expected journey. The journeys are gone through side by side, step by step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

STATES = ("in_order", "out_of_order", "skipped", "left_out", "not_yet")
IN_ORDER, OUT_OF_ORDER, SKIPPED, LEFT_OUT, NOT_YET = range(len(STATES))
MOST_POSITIONS = 100
_EDIT = 1 << 8  # one edit counts more than any length
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.integer]


@dataclass(frozen=True)
class Expected:
    """suits: which of m positions (columns) each kind (rows) suits. optional: of m positions."""

    suits: Flags
    optional: Flags


@dataclass(frozen=True)
class Paths:
    """kind: of all steps, one journey's after the other's. lengths: steps of each journey (j), at
    least one. is_open: whether the journey may still go on (j).
    """

    kind: Numbers
    lengths: Numbers
    is_open: Flags


def distances(paths: Paths, expected: Expected) -> tuple[Numbers, Numbers]:
    """Fewest edits of each journey to the nearest expected path, and how long that is (j, j).

    An edit inserts, removes or replaces one step (Levenshtein 1966). Expected paths leave out any
    of the optional positions; those of an open journey may also end anywhere. Of several that are
    equally near, the longest.
    """
    # One number holds both: edits * _EDIT - length. best[p]: to a path of the first p positions.
    missing = np.where(expected.optional, 0, _EDIT - 1)
    best = np.zeros((len(missing) + 1, len(paths.lengths)), dtype=np.int32)
    best[1:] = np.cumsum(missing)[:, None]
    order, starts = _longest_first(paths)
    for step in range(int(paths.lengths.max(initial=0))):
        going = int(np.count_nonzero(paths.lengths > step))
        suits = expected.suits.T[:, paths.kind[starts[:going] + step]]
        here = best[:, :going] + _EDIT
        for p, without in enumerate(missing):
            paired = best[p, :going] + np.where(suits[p], -1, _EDIT - 1)
            np.minimum(here[p + 1], np.minimum(here[p] + without, paired), out=here[p + 1])
        best[:, :going] = here
    least = np.empty(len(order), dtype=np.int64)
    least[order] = np.where(paths.is_open[order], best.min(axis=0), best[-1])
    edits = -(-least // _EDIT)
    return edits, edits * _EDIT - least


def align(paths: Paths, expected: Expected) -> tuple[Numbers, Flags]:
    """What became of each position in each journey, and whether it was repeated (m x j, m x j).

    As many steps as can be are paired with positions in the expected order, the earlier positions
    first: IN_ORDER. Of the steps left, the earliest that suits an unpaired position stands for
    it: OUT_OF_ORDER. Further ones repeat the first position that they suit. What nothing stands
    for is SKIPPED, or LEFT_OUT where optional, or NOT_YET where an open journey has not come
    further in order.
    """
    places, ends = range(len(expected.optional)), np.cumsum(paths.lengths)
    starts = ends - paths.lengths
    states = np.full((len(places), len(starts)), NOT_YET, dtype=np.int8)
    free = np.ones(len(paths.kind), dtype=np.bool_)
    suits = expected.suits.T[:, paths.kind]
    most = _most_pairs(paths, suits)
    at, reached = starts.copy(), np.full(len(starts), -1)
    for p in places:
        step, found = _next(suits[p], at, ends)
        # Steps of journey n stand n places further on in `most`, which has an end for each.
        places_of = np.arange(len(starts))
        paired = found & (
            most[p + 1, np.where(found, step + 1, ends) + places_of] + 1 == most[p, at + places_of]
        )
        states[p, paired], reached[paired] = IN_ORDER, p
        free[step[paired]] = False
        at[paired] = step[paired] + 1
    for p in places:
        unpaired = states[p] != IN_ORDER
        step, found = _next(suits[p] & free, starts, ends)
        stands = unpaired & found
        states[p, stands] = OUT_OF_ORDER
        free[step[stands]] = False
        due = unpaired & ~found & (~paths.is_open | (p < reached))
        states[p, due] = LEFT_OUT if expected.optional[p] else SKIPPED
    repeated = np.zeros(states.shape, dtype=np.bool_)
    again = np.flatnonzero(free & suits.any(axis=0))
    journeys = np.searchsorted(ends, again, side="right")
    repeated[suits[:, again].argmax(axis=0), journeys] = True
    return states, repeated


def _longest_first(paths: Paths) -> tuple[Numbers, Numbers]:
    """The journeys in an order in which those with a step number k are the first so many."""
    order = np.argsort(-paths.lengths, kind="stable")
    return order, (np.cumsum(paths.lengths) - paths.lengths)[order]


def _most_pairs(paths: Paths, suits: Flags) -> npt.NDArray[np.uint8]:
    """[p, place]: how many steps from there on can be paired with the positions from p on.

    A journey has a place for each step and one more.
    """
    order, starts = _longest_first(paths)
    most = np.zeros((len(suits) + 1, len(paths.kind) + len(order)), dtype=np.uint8)
    for step in reversed(range(int(paths.lengths.max(initial=0)))):
        going = int(np.count_nonzero(paths.lengths > step))
        steps = starts[:going] + step
        place = steps + order[:going]
        after, here = most[:, place + 1], np.zeros((len(most), going), dtype=np.uint8)
        for p in reversed(range(len(suits))):
            np.maximum(here[p + 1], after[p], out=here[p])
            np.maximum(here[p], after[p + 1] + 1, out=here[p], where=suits[p, steps])
        most[:, place] = here
    return most


def _next(suiting: Flags, since: Numbers, ends: Numbers) -> tuple[Numbers, Flags]:
    """The first suiting step of each journey from `since` on, and whether there is one."""
    found = np.flatnonzero(suiting)
    place = np.searchsorted(found, since)
    step = np.append(found, len(suiting))[place]
    return step, step < ends
