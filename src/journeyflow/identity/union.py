"""Constrained union: joining identifiers to persons, refusing what no one person can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping


class Union:
    """Disjoint sets of nodes (Tarjan 1975) that refuse to grow beyond what one person can have.

    In: node → type of identifier; type → how many different values one person may have at most. The
    outcome depends on the order of joins, so callers join in a total order.
    """

    def __init__(self, types: Mapping[int, str], limits: Mapping[str, int]) -> None:
        self._limits = limits
        self._parent = {node: node for node in types}
        self._held = {node: Counter([type]) for node, type in types.items()}

    def find(self, node: int) -> int:
        """The node that stands for the set that holds `node`."""
        parent = self._parent
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def join(self, one: int, other: int, *, is_lent: bool = False) -> str | None:
        """Unite two sets; None, or the rule that forbids it.

        A link that nothing but a lent pool number shows may give a browser to a caller; it joins
        no two sets that already hold a value of one limited type each.
        """
        a, b = self.find(one), self.find(other)
        if a == b:
            return None
        if len(self._held[a]) < len(self._held[b]):
            a, b = b, a
        for type in sorted(self._held[b]):
            most = self._limits.get(type)
            if most is None:
                continue
            if self._held[a][type] + self._held[b][type] > most:
                return f"more than {most} {type} per person"
            if is_lent and self._held[a][type]:
                return f"a pool number joins no two {type}"
        self._parent[b] = a
        self._held[a] += self._held.pop(b)
        return None
