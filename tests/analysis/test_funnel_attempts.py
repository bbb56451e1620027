"""The vectorised matching against the definition, which tries every choice of items."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations, pairwise, permutations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeyflow.analysis.funnel.attempts import attempts, best
from journeyflow.analysis.funnel.counts import count_rows
from journeyflow.analysis.funnel.items import FOREVER, NEVER, Attempts, Items, Rules

EXCLUDED = 3  # A, B, C are 0, 1, 2; any other name is one that the funnel does not ask about
Path = list[tuple[int, int]]  # name and moment of each item of a unit


@dataclass(frozen=True)
class Try:
    """An attempt as the definition has it: which items (by place in the unit), from where on."""

    anchor: int
    first: int
    items: tuple[int, ...]
    until: int

    @property
    def last(self) -> int:
        return self.first + len(self.items) - 1


def arrays(paths: list[Path]) -> Items:
    """The items of all units that a funnel asks about."""
    rows = [
        (unit, number, name, moment, number == len(path))
        for unit, path in enumerate(paths)
        for number, (name, moment) in enumerate(path, 1)
        if name <= EXCLUDED
    ]
    unit, number, name, moment = (
        np.array([row[k] for row in rows], dtype=np.int64) for k in range(4)
    )
    return Items(
        unit, number, name, moment, moment + number % 2,
        np.array([row[4] for row in rows], dtype=np.bool_), np.cumsum(name == EXCLUDED),
    )  # fmt: skip


def as_tries(
    found: Attempts, items: Items, paths: list[Path], rules: Rules
) -> list[list[tuple[Any, ...]]]:
    """Attempts per unit, with places as they are in `paths`."""
    number = items.number
    tries: list[list[tuple[Any, ...]]] = [[] for _ in paths]
    for k in range(len(found)):
        places = tuple(int(number[p]) - 1 for p in found.places[k] if p >= 0)
        assert (found.places[k] >= 0).tolist() == [
            found.first[k] <= position <= found.last[k] for position in range(len(rules.steps))
        ]
        tries[found.unit[k]].append(
            (int(number[found.anchor[k]]) - 1, int(found.first[k]), places, int(found.until[k]))
        )
    return [sorted(each) for each in tries]


def defined(path: Path, rules: Rules, order: str, entry: str, attempt: str) -> list[Try]:
    """The attempts of one unit, word for word: every choice of items is tried."""
    n = len(rules.steps)
    used: set[int] = set()
    entries = range(n) if entry == "open" else range(1)
    kinds = [(k, place) for k in entries for place, (name, _) in enumerate(path)
             if name == rules.steps[k]]  # fmt: skip
    if attempt == "best":
        tried = [
            one for k, anchor in kinds if (one := furthest(path, rules, order, k, anchor, used))
        ]
        if not tried:
            return []
        top = min(tried, key=lambda one: (-len(one.items), one.anchor, one.first))
        until = max(one.until for one in tried if (one.first, one.last) == (top.first, top.last))
        return [Try(top.anchor, top.first, top.items, until)]
    made = []
    for anchor in range(len(path)):
        could = [k for k, place in kinds if place == anchor and anchor not in used]
        if could and (attempt == "every" or not made):
            one = furthest(path, rules, order, min(could), anchor, used)
            used.update(one.items)
            made.append(one)
    return made


def furthest(path: Path, rules: Rules, order: str, first: int, anchor: int, used: set[int]) -> Try:
    """The furthest attempt that begins at (in any order: is made around) one anchor."""
    free = [place for place in range(len(path)) if place not in used]
    for count in range(len(rules.steps) - first, 0, -1):
        wanted = [rules.steps[first + k] for k in range(count)]
        if order == "any":
            choices = [
                chosen
                for some in combinations(free, count)
                for chosen in permutations(some)
                if anchor in chosen and in_order_of_name(path, chosen, wanted)
            ]
            ranked = sorted(choices, key=lambda c: (max(c), -min(c), c))
        else:
            choices = [c for c in combinations(free, count) if c[0] == anchor]
            ranked = sorted(choices)
        valid = [c for c in ranked if [path[p][0] for p in c] == wanted
                 and allowed(path, rules, order, first, c)]  # fmt: skip
        if valid:
            until = max(open_until(path, rules, order, first + count, c) for c in valid)
            return Try(anchor, first, valid[0], until)
    raise AssertionError("an anchor alone is an attempt")


def in_order_of_name(path: Path, chosen: tuple[int, ...], wanted: list[int]) -> bool:
    """Items of one name stand in the order of the steps that ask for it."""
    return [path[p][0] for p in chosen] == wanted and all(
        one < other
        for i, one in enumerate(chosen)
        for other in chosen[i + 1 :]
        if path[one][0] == path[other][0]
    )


def allowed(path: Path, rules: Rules, order: str, first: int, chosen: tuple[int, ...]) -> bool:
    begin, end = min(chosen), max(chosen)
    if path[end][1] - path[begin][1] > rules.window:
        return False
    if any(name == EXCLUDED for name, _ in path[begin : end + 1]):
        return False
    return order == "any" or all(
        path[other][1] - path[one][1] <= rules.within[first + k]
        and (order != "strict" or other == one + 1)
        for k, (one, other) in enumerate(pairwise(chosen), 1)
    )


def open_until(
    path: Path, rules: Rules, order: str, following: int, chosen: tuple[int, ...]
) -> int:
    begin, end = min(chosen), max(chosen)
    met = path[begin:] if order == "any" else path[end:]
    if any(name == EXCLUDED for name, _ in met) or (order == "strict" and end + 1 < len(path)):
        return NEVER
    until = path[begin][1] + rules.window
    if order != "any" and following < len(rules.steps):
        until = min(until, path[end][1] + rules.within[following])
    return until


ITEMS = st.tuples(st.sampled_from([0, 0, 1, 1, 2, 2, 3, 4]), st.integers(0, 2))
BOUNDS = st.sampled_from([FOREVER, 1, 2, 3, 4, 5])


@st.composite
def told(draw: st.DrawFn) -> list[Path]:
    """Units, of items that follow each other after 0, 1 or 2 microseconds."""
    paths = []
    for drawn in draw(st.lists(st.lists(ITEMS, max_size=9), max_size=20)):
        moments = np.cumsum([gap for _, gap in drawn], dtype=int).tolist()
        paths.append(list(zip([name for name, _ in drawn], moments, strict=True)))
    return paths


@st.composite
def asked(draw: st.DrawFn, order: str) -> Rules:
    steps = tuple(draw(st.lists(st.integers(0, 2), min_size=1, max_size=4)))
    is_bound = order != "any" and draw(st.booleans())
    within = tuple(draw(BOUNDS) if is_bound else FOREVER for _ in steps)
    return Rules(steps, draw(BOUNDS), within, order == "strict")


def ways(order: str) -> list[dict[str, str]]:
    """All combinations of the other switches."""
    return [
        {"order": order, "entry": entry, "attempt": attempt}
        for entry in (["closed"] if order == "any" else ["closed", "open"])
        for attempt in ("first", "every", "best")
    ]


@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
@given(st.data())
def test_attempts_are_those_of_the_definition(order: str, data: st.DataObject) -> None:
    paths, rules = data.draw(told()), data.draw(asked(order))
    items = arrays(paths)
    for switches in ways(order):
        found = as_tries(attempts(items, rules, **switches), items, paths, rules)
        for path, tries in zip(paths, found, strict=True):
            wanted = defined(path, rules, **switches)
            assert [each[:3] for each in tries] == sorted(
                (one.anchor, one.first, one.items) for one in wanted
            )
            # Where the last step is reached, nothing is left to wait for.
            waiting = [each for each in tries if each[1] + len(each[2]) < len(rules.steps)]
            assert waiting == sorted(
                (one.anchor, one.first, one.items, one.until)
                for one in wanted
                if one.last + 1 < len(rules.steps)
            )


def test_with_a_window_per_step_a_later_item_may_be_the_one_that_leads_on() -> None:
    # C is three after the first B, too late, and one after the second.
    path = [(0, 0), (1, 1), (1, 3), (2, 4)]
    items = arrays([path])
    found = attempts(
        items,
        Rules((0, 1, 2), FOREVER, (0, 3, 2)),
        order="ordered",
        entry="closed",
        attempt="first",
    )
    assert found.places.tolist() == [[0, 2, 3]]


@given(st.sampled_from(["ordered", "strict", "any"]), st.booleans(), st.data())
def test_rows_are_counted_from_attempts(order: str, is_unique: bool, data: st.DataObject) -> None:
    paths, rules = data.draw(told()), data.draw(asked(order))
    switches = data.draw(st.sampled_from(ways(order)))
    steps = [str(step) for step in rules.steps]
    items = arrays(paths)
    found = attempts(items, rules, **switches)
    if is_unique:
        found = best(found)
        assert len(set(found.unit.tolist())) == len(found)
    tries = list(range(len(found)))
    is_open = np.array(data.draw(st.lists(st.booleans(), min_size=len(tries), max_size=len(tries))))
    label = [data.draw(st.sampled_from("xy")) for _ in tries]
    rows = count_rows(items, found, is_open.astype(np.bool_), steps, pd.Series(label, dtype="str"))
    assert rows["segment"].unique().tolist() == sorted(
        set(label), key=lambda each: (-label.count(each), each)
    )
    for row in rows.itertuples():
        k = row.position - 1
        mine = [n for n in tries if label[n] == row.segment]
        here = [n for n in mine if found.first[n] <= k <= found.last[n]]
        assert (row.step, row.count) == (steps[k], len(here))
        assert row.entered == sum(found.first[n] == k for n in here)
        begun = [n for n in mine if found.first[n] == 0]
        if begun:
            assert row.share_of_first == sum(n in begun for n in here) / len(begun)
        else:
            assert math.isnan(row.share_of_first)
        before = [n for n in mine if found.first[n] < k <= found.last[n] + 1]
        came = [n for n in before if n in here]
        if before:
            assert row.share_of_previous == len(came) / len(before)
            assert row.low <= row.share_of_previous <= row.high
        else:
            assert math.isnan(row.share_of_previous)
        if k:
            assert row.open == sum(bool(is_open[n]) for n in before if n not in came)
            assert row.open + row.lost == len(before) - len(came)
        else:
            assert row.open is pd.NA
        waits = [wait(items, found.places[n], k) for n in came]
        wanted = np.quantile(waits, [0.5, 0.9]) if waits else [math.nan] * 2
        assert [row.wait_median_s, row.wait_p90_s] == pytest.approx(wanted, nan_ok=True)


def wait(items: Items, places: Any, k: int) -> float:
    """Seconds from leaving the last of the first k items to entering the last of k + 1."""
    done = [max(int(place) for place in places[:count] if place >= 0) for count in (k, k + 1)]
    return max(int(items.entered[done[1]]) - int(items.left[done[0]]), 0) / 1_000_000
