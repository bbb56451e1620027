"""Which attempts at a funnel each unit makes."""

from __future__ import annotations

import numpy as np

from journeyflow.analysis.funnel.chains import chains
from journeyflow.analysis.funnel.items import NEVER, Attempts, Ints, Items, Rules, joined
from journeyflow.analysis.funnel.sets import sets

Named = dict[int, Ints]


def attempts(items: Items, rules: Rules, *, order: str, entry: str, attempt: str) -> Attempts:
    """All attempts that count, found without a loop over units; what they are: `funnel_table`."""
    named: Named = {name: np.flatnonzero(items.name == name) for name in set(rules.steps)}
    entries = range(len(rules.steps)) if entry == "open" else range(1)
    if attempt == "best":
        if order == "any":
            return best(sets(items, rules, named, named[rules.steps[0]]))
        return best(
            joined([chains(items, rules, named, named[rules.steps[k]], k) for k in entries])
        )
    found = [_next(items, rules, named, order, entries)]
    is_free = np.ones(len(items.name), dtype=np.bool_)
    # As many rounds as the unit with most attempts makes; each only with the units that go on.
    while attempt == "every" and len(found[-1]):
        used = found[-1].places
        is_free[used[used >= 0]] = False
        named = {name: places[is_free[places]] for name, places in named.items()}
        goes_on = np.zeros(int(items.unit[-1]) + 1, dtype=np.bool_)
        for k in entries:
            goes_on[items.unit[named[rules.steps[k]]]] = True
        named = {name: places[goes_on[items.unit[places]]] for name, places in named.items()}
        found.append(_next(items, rules, named, order, entries))
    return joined(found)


def _next(items: Items, rules: Rules, named: Named, order: str, entries: range) -> Attempts:
    """The attempt of each unit that begins at its first item that can begin one."""
    names = {rules.steps[k] for k in entries}
    anchors = items.first_of_unit(np.sort(np.concatenate([named[name] for name in names])))
    if order == "any":
        return sets(items, rules, named, anchors)
    # A name that stands twice in the funnel is entered where it stands first.
    return joined([
        chains(items, rules, named, anchors[items.name[anchors] == rules.steps[k]], k)
        for k in entries
        if rules.steps.index(rules.steps[k]) == k
    ])  # fmt: skip


def best(found: Attempts) -> Attempts:
    """One attempt per unit: of most steps; then the earliest; then the one entered earliest.

    It could be continued as long as any of the unit's attempts at the same steps could.
    """
    length = found.last - found.first
    order = np.lexsort((found.first, found.anchor, -length, found.unit))
    heads = np.flatnonzero(np.diff(found.unit[order], prepend=-1) != 0)
    chosen = order[heads]
    if not len(chosen):
        return found.take(chosen)
    rival = np.repeat(chosen, np.diff(heads, append=len(order)))
    alike = (found.first[order] == found.first[rival]) & (found.last[order] == found.last[rival])
    until = np.maximum.reduceat(np.where(alike, found.until[order], NEVER), heads)
    kept = found.take(chosen)
    return Attempts(kept.unit, kept.anchor, kept.first, kept.last, kept.places, until)
