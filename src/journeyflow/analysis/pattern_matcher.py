"""Finds a pattern in many journeys at once.

A journey of n steps has n + 1 places: before each step and after the last. All places of all
journeys stand in one row, numbered through. A part of a pattern leads from the places where it
may begin to those where it may end, and whatever led to a place, what follows depends on nothing
but the place: the step before it is the last one matched, and the time since then is known. So
sets of places say it all, no way is followed twice, and no way is missed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from journeyflow.analysis.pattern_nodes import (
    AnyTouchpoint,
    Either,
    End,
    Link,
    Node,
    Not,
    Repeat,
    Sequence,
    Stage,
    Start,
    Touchpoint,
    may_be_absent,
)
from journeyflow.analysis.walks import Walks

Places = npt.NDArray[np.int64]  # sorted, each once
Flags = npt.NDArray[np.bool_]
_MICROSECOND = timedelta(microseconds=1)
_NOWHERE = np.zeros(0, dtype=np.int64)


def matches(walks: Walks, pattern: Node) -> Flags:
    """Which journeys match (j)."""
    if may_be_absent(pattern):
        return np.ones(len(walks.steps), dtype=np.bool_)
    rows = _Rows(walks)
    found = np.zeros(len(walks.steps), dtype=np.bool_)
    found[rows.journey[rows.ends(pattern, np.arange(len(rows.journey)))]] = True
    return found


class _Rows:
    """The places in a row. `label` is that of the step which begins there."""

    def __init__(self, walks: Walks) -> None:
        self.walks = walks
        self.tables: dict[Node, Flags | None] = {}
        self.journey = np.repeat(np.arange(len(walks.steps)), walks.steps + 1)
        self.last: Places = np.cumsum(walks.steps + 1) - 1
        self.first: Places = self.last - walks.steps
        steps = np.ones(len(self.journey), dtype=np.bool_)
        steps[self.last] = False
        self.label = np.full(len(self.journey), len(walks.names), dtype=np.int32)
        self.label[steps] = walks.label
        if walks.entered_us is not None and walks.left_us is not None:
            # When what comes next begins at a place, and when what came before it ended.
            self.begins, self.ended = np.zeros((2, len(self.journey)), dtype=np.int64)
            self.begins[steps] = walks.entered_us
            self.ended[np.flatnonzero(steps) + 1] = walks.left_us
            self.begins[self.last] = self.ended[self.last]
            self.ended[self.first] = self.begins[self.first]

    def ends(self, node: Node, starts: Places) -> Places:
        """Where the node may end that begins at one of `starts` and is not absent."""
        if node not in self.tables:
            self.tables[node] = self.labels(node)
        table, ends = self.tables[node], starts
        if table is not None:
            ends = starts[table[self.label[starts]]] + 1
        elif isinstance(node, Start):
            ends = starts[starts == self.first[self.journey[starts]]]
        elif isinstance(node, End):
            ends = starts[starts == self.last[self.journey[starts]]]
            if node.outcome:
                ends = ends[self.walks.outcome[self.journey[ends]] == node.outcome]
        elif isinstance(node, Either):
            ends = _united(*(self.ends(each, starts) for each in node.options))
        elif isinstance(node, Repeat):
            ends = self.repeated(node, starts)
        elif isinstance(node, Sequence):
            ends = self.in_sequence(node, starts)
        return ends

    def labels(self, node: Node) -> Flags | None:
        """Which labels a node allows that is always one step, with that of no step; else None."""
        match node:
            case AnyTouchpoint():
                return self.are(lambda _: True)
            case Touchpoint(name):
                return self.are(lambda names: names[0] == name)
            case Stage(name):
                return self.are(lambda names: names[1] == name)
            case Not(of):
                refused = self.labels(of)
                return None if refused is None else ~refused & self.are(lambda _: True)
            case Either(options):
                tables = [table for each in options if (table := self.labels(each)) is not None]
                return np.any(tables, axis=0) if len(tables) == len(options) else None
        return None

    def are(self, wanted: Callable[[tuple[str | None, str | None]], bool]) -> Flags:
        return np.array([*map(wanted, self.walks.names), False], dtype=np.bool_)

    def repeated(self, node: Repeat, starts: Places) -> Places:
        least = 1 if may_be_absent(node.of) else max(node.least, 1)
        reached = starts
        for _ in range(least):
            if reached.size:
                reached = self.ends(node.of, reached)
        # A place that was reached before, and so with fewer repeats, leads nowhere new.
        known = np.zeros(len(self.journey), dtype=np.bool_)
        known[reached] = True
        found, times = [reached], least
        while reached.size and (node.most is None or times < node.most):
            reached = self.ends(node.of, reached)
            reached = reached[~known[reached]]
            known[reached] = True
            found.append(reached)
            times += 1
        return np.sort(np.concatenate(found), kind="stable")

    def in_sequence(self, node: Sequence, starts: Places) -> Places:
        untouched, reached = starts, _NOWHERE  # as long as all parts were absent, and since then
        for link, part in ((None, node.first), *((link, link.to) for link in node.links)):
            begins = untouched if link is None else _united(untouched, self.after(link, reached))
            found = self.ends(part, begins)
            if may_be_absent(part):
                reached = _united(reached, found)
            else:
                untouched, reached = _NOWHERE, found
        return reached

    def after(self, link: Link, reached: Places) -> Places:
        """Where the next part may begin."""
        if reached.size == 0:
            return reached
        begins, since = reached, reached
        if link.eventually:
            journeys = self.journey[reached]
            new = np.append(True, journeys[1:] != journeys[:-1])
            earliest, latest = reached[new], self.last[journeys[new]]
            lengths = latest - earliest + 1
            begins = np.arange(lengths.sum()) + np.repeat(
                earliest - np.cumsum(lengths) + lengths, lengths
            )
            if link.within is not None:
                # Of the places reached before, the latest leaves the most time.
                since = reached[np.searchsorted(reached, begins, side="right") - 1]
        if link.within is None:
            return begins
        limit = link.within // _MICROSECOND
        return begins[self.begins[begins] - self.ended[since] <= limit]


def _united(*sets: Places) -> Places:
    some = [each for each in sets if each.size]
    if len(some) < 2:
        return some[0] if some else _NOWHERE
    # Sorted parts are what a stable sort is quick at; np.unique is slow at many large numbers.
    places = np.sort(np.concatenate(some), kind="stable")
    once: Places = places[np.append(True, places[1:] != places[:-1])]
    return once
