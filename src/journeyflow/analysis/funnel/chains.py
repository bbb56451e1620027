"""Funnels whose steps come in order: the furthest attempt of each unit, without a loop over units.

Whether one item may follow another (same unit, within the step's window, nothing excluded or, if
strict, nothing at all between) only gets likelier the closer they are. So of all items
that could come before, the last decides; of all that could come after, the first. Going forward,
each item so learns the latest anchor from which it can be reached, which is the one that leaves
most of the window; going back from the furthest, each learns the earliest end it leads to. Greedy
matching alone would not do: with a window per step, a later item may be the one that leads on.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from journeyflow.analysis.funnel.items import (
    FOREVER,
    NEVER,
    NONE,
    Attempts,
    Flags,
    Ints,
    Items,
    Rules,
)


def chains(
    items: Items, rules: Rules, named: Mapping[int, Ints], anchors: Ints, first: int = 0
) -> Attempts:
    """One attempt per unit that has an anchor: of those that begin at one, the furthest.

    named: the sorted places that may be used, per name; anchors: sorted places, each of the name
    of position `first`. Of equal attempts the earliest anchor's, then the one whose items come
    earliest, position by position.
    """
    steps = range(first, len(rules.steps))
    depth = np.zeros(int(items.unit[-1]) + 1 if len(items.unit) else 0, dtype=np.int64)
    tip, origin = np.empty_like(depth), np.empty_like(depth)

    reached, latest = anchors, anchors
    levels: list[Ints] = []
    for position in steps:
        if position > first:
            here = named[rules.steps[position]]
            before = np.searchsorted(reached, here) - 1
            here, before = here[before >= 0], before[before >= 0]
            fits = _follow(items, rules, position, reached[before], here)
            fits &= items.entered[here] - items.entered[latest[before]] <= rules.window
            reached, latest = here[fits], latest[before[fits]]
        levels.append(reached)
        # Where a unit is met twice, its last item stays.
        units = items.unit[reached]
        depth[units], tip[units], origin[units] = len(levels), reached, latest

    ways = _ways(items, rules, levels, depth, first)
    start, end = ways[0]
    anchor = items.first_of_unit(start[items.entered[end] - items.entered[start] <= rules.window])
    unit = items.unit[anchor]
    places = np.full((len(anchor), len(rules.steps)), NONE, dtype=np.int64)
    places[:, first] = anchor
    for level, (way, _) in enumerate(ways[1:], 1):
        on = depth[unit] > level
        places[on, first + level] = way[
            np.searchsorted(way, places[on, first + level - 1], side="right")
        ]
    last = first + depth[unit] - 1
    until = _until(items, rules, last, origin[unit], tip[unit])
    return Attempts(unit, anchor, np.full_like(unit, first), last, places, until)


def _follow(items: Items, rules: Rules, position: int, one: Ints, other: Ints) -> Flags:
    """Whether the later item may stand at `position`, the earlier one right before it."""
    fits = items.unit[one] == items.unit[other]
    fits &= items.excluded[one] == items.excluded[other]
    if rules.within[position] < FOREVER:
        fits &= items.entered[other] - items.entered[one] <= rules.within[position]
    if rules.strict:
        fits &= items.number[other] - items.number[one] == 1
    return np.asarray(fits, dtype=np.bool_)


def _ways(
    items: Items, rules: Rules, levels: list[Ints], depth: Ints, first: int
) -> list[tuple[Ints, Ints]]:
    """Per level the items that lead to their unit's furthest, each with the earliest end."""
    ways: list[tuple[Ints, Ints]] = []
    after = after_end = np.empty(0, dtype=np.int64)
    for level in reversed(range(len(levels))):
        here = levels[level]
        leads, end = depth[items.unit[here]] == level + 1, here
        if len(after):
            following = np.searchsorted(after, here, side="right")
            exists = following < len(after)
            following[~exists] = 0
            on = exists & _follow(items, rules, first + level + 1, here, after[following])
            leads, end = leads | on, np.where(on, after_end[following], here)
        after, after_end = here[leads], end[leads]
        ways.append((after, after_end))
    return ways[::-1]


def _until(items: Items, rules: Rules, last: Ints, origin: Ints, tip: Ints) -> Ints:
    """How long the latest of the furthest attempts (`origin` to `tip`) can be continued."""
    within = np.array([*rules.within[1:], FOREVER], dtype=np.int64)
    until = np.minimum(items.entered[origin] + rules.window, items.entered[tip] + within[last])
    stopped = items.excluded_after(tip)
    if rules.strict:
        stopped |= ~items.is_last[tip]
    return np.where(stopped, NEVER, until)
