"""Constrained union: joining identifiers to persons, refusing what no one person can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping


class Union:
    """Disjoint sets of nodes (Tarjan 1975) that refuse to grow beyond what one person can have.

    In: node → type of identifier; type → how many different values one person may have at most;
    pairs of nodes that are known to be of different persons. The outcome depends on the order of
    joins, so callers join in a total order.
    """

    def __init__(
        self,
        types: Mapping[int, str],
        limits: Mapping[str, int],
        different: Iterable[tuple[int, int]] = (),
    ) -> None:
        self._types, self._limits = types, limits
        self._parent = {node: node for node in types}
        self._held = {node: Counter([type]) for node, type in types.items()}
        # A set → nodes of other persons. Of few sets anything is known, so that few have an entry.
        self._others: dict[int, set[int]] = {}
        for one, other in different:
            self._others.setdefault(one, set()).add(other)
            self._others.setdefault(other, set()).add(one)
        # Values of one type that the company links count once: a replaced card is no second one.
        self._alike: dict[int, int] = {}

    def find(self, node: int) -> int:
        """The node that stands for the set that holds `node`."""
        return _root(self._parent, node)

    def join(
        self, one: int, other: int, *, is_told: bool = False, is_lent: bool = False
    ) -> str | None:
        """Unite two sets; None, or the rule that forbids it.

        What the company itself said (`is_told`) no limit forbids. A link that nothing but a lent
        pool number shows may give a browser to a caller; it joins no two sets that already hold a
        value of one limited type each.
        """
        a, b = self.find(one), self.find(other)
        if a != b:
            rule = self._refusal(a, b, is_told, is_lent)
            if rule:
                return rule
            self._unite(a, b)
        if is_told and self._types[one] == self._types[other]:
            x, y = (_root(self._alike, self._alike.setdefault(each, each)) for each in (one, other))
            if x != y:
                self._alike[y] = x
                self._held[self.find(one)][self._types[one]] -= 1
        return None

    def _refusal(self, a: int, b: int, is_told: bool, is_lent: bool) -> str | None:
        if any(self.find(each) == b for each in self._others.get(a, ())):
            return "known to be different"
        # Of a type that only one of them holds neither gets more, be it beyond the limit by a word.
        shared = () if is_told else sorted(self._held[a].keys() & self._held[b].keys())
        for type in shared:
            most = self._limits.get(type)
            if most is None:
                continue
            if self._held[a][type] + self._held[b][type] > most:
                return f"more than {most} {type} per person"
            if is_lent:
                return f"a pool number joins no two {type}"
        return None

    def _unite(self, a: int, b: int) -> None:
        if len(self._held[a]) < len(self._held[b]):
            a, b = b, a
        self._parent[b] = a
        self._held[a] += self._held.pop(b)
        few, many = sorted((self._others.pop(each, set()) for each in (a, b)), key=len)
        if many:
            many |= few
            self._others[a] = many


def _root(parent: dict[int, int], node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node
