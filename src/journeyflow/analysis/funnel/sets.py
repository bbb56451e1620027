"""Funnels whose steps come in any order: how many of the first steps lie around each anchor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from journeyflow.analysis.funnel.items import NEVER, NONE, Attempts, Flags, Ints, Items, Rules


def sets(items: Items, rules: Rules, named: Mapping[int, Ints], anchors: Ints) -> Attempts:
    """One attempt per anchor: the longest run of first steps that can be done around it.

    A set for k holds the anchor and an item of its own for each of the first k steps, lasts no
    longer than the window, and has nothing excluded between its first and its last. Of equally
    long ones: the one done earliest, then the one begun latest, then the one of the
    earliest items. named, anchors: as for `chains`; an anchor has the name of the first step.

    Pushing the beginning of a set towards its anchor breaks nothing, so few beginnings need to
    be tried: the anchor, and per name the last items before it, as many as the name stands in
    the steps.
    """
    depth, end, begin = np.zeros_like(anchors), anchors, anchors
    latest = anchors
    for start in _starts(items, rules, named, anchors):
        deep, done = _reach(items, rules, named, anchors, start)
        latest = np.where(
            deep > depth, start, np.where(deep == depth, np.maximum(latest, start), latest)
        )
        sooner = (done < end) | ((done == end) & (start > begin))
        better = (deep > depth) | ((deep == depth) & sooner)
        depth, end, begin = (
            np.where(better, new, old) for new, old in ((deep, depth), (done, end), (start, begin))
        )
    until = np.where(items.excluded_after(latest), NEVER, items.entered[latest] + rules.window)
    places = _places(rules, named, anchors, begin, depth)
    return Attempts(items.unit[anchors], anchors, np.zeros_like(anchors), depth - 1, places, until)


def _starts(items: Items, rules: Rules, named: Mapping[int, Ints], anchors: Ints) -> Iterator[Ints]:
    """Where a set may begin: one place per anchor each time."""
    yield anchors
    for name in sorted(set(rules.steps)):
        before = np.searchsorted(named[name], anchors)
        for back in range(1, rules.steps.count(name) + 1):
            exists = before >= back
            start = anchors.copy()
            start[exists] = named[name][before[exists] - back]
            yield np.where(items.unit[start] == items.unit[anchors], start, anchors)


def _reach(
    items: Items, rules: Rules, named: Mapping[int, Ints], anchors: Ints, start: Ints
) -> tuple[Ints, Ints]:
    """How many of the first steps are done from `start` on, and at which place."""
    deep, done = np.zeros_like(anchors), anchors
    on: Flags = np.ones(len(anchors), dtype=np.bool_)
    for place in _nth_items(rules, named, start):
        reached = np.maximum(done, place)
        on = on & (place != NONE)
        on &= items.unit[reached] == items.unit[start]
        on &= items.excluded[reached] == items.excluded[start]
        on &= items.entered[reached] - items.entered[start] <= rules.window
        deep, done = deep + on, np.where(on, reached, done)
    return deep, done


def _nth_items(rules: Rules, named: Mapping[int, Ints], start: Ints) -> Iterator[Ints]:
    """Per position the item that it takes from `start` on: of one name, one after the other."""
    begins = {name: np.searchsorted(named[name], start) for name in set(rules.steps)}
    for position, name in enumerate(rules.steps):
        nth = begins[name] + rules.steps[:position].count(name)
        exists = nth < len(named[name])
        place = np.full(len(start), NONE, dtype=np.int64)
        place[exists] = named[name][nth[exists]]
        yield place


def _places(
    rules: Rules, named: Mapping[int, Ints], anchors: Ints, begin: Ints, depth: Ints
) -> Ints:
    places = np.full((len(anchors), len(rules.steps)), NONE, dtype=np.int64)
    for position, place in enumerate(_nth_items(rules, named, begin)):
        if rules.steps[position] == rules.steps[0]:
            # The last item of the anchor's name is the anchor, if those before it are enough.
            more = rules.steps[position + 1 :]
            again = position + 1 + more.index(rules.steps[0]) if rules.steps[0] in more else None
            is_last = np.ones(len(anchors), dtype=np.bool_) if again is None else depth <= again
            place = np.where(is_last, np.maximum(place, anchors), place)
        places[:, position] = np.where(position < depth, place, NONE)
    return places
