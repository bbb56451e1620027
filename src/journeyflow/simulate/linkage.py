"""How much of the truth the exports let anybody know: which acts carry linked identifiers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from journeyflow.simulate.lenses.files import Identifier, Row


class Linkage:
    """Per person, the groups of identifiers that rows show together."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._parent: dict[tuple[str, Identifier], tuple[str, Identifier]] = {}
        self._of_act: dict[int, list[tuple[str, Identifier]]] = defaultdict(list)
        self.identifiers: dict[str, set[Identifier]] = defaultdict(set)
        for row in rows:
            keys = [(row.person, identifier) for identifier in row.ids]
            self.identifiers[row.person].update(row.ids)
            for key in keys:
                self._join(keys[0], key)
            if row.act is not None and keys:
                self._of_act[row.act].append(keys[0])

    def _find(self, key: tuple[str, Identifier]) -> tuple[str, Identifier]:
        parent = self._parent
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    def _join(self, one: tuple[str, Identifier], other: tuple[str, Identifier]) -> None:
        self._parent[self._find(other)] = self._find(one)

    def group(self, act: int) -> tuple[str, Identifier] | None:
        """The linked group under which some row shows the act; None where no row can say whose."""
        groups = sorted({self._find(key) for key in self._of_act[act]})
        return groups[0] if groups else None

    def recorded(self, acts: Iterable[int]) -> bool:
        """Whether the rows of all these acts show one and the same linked group."""
        groups = {self.group(act) for act in acts}
        return len(groups) == 1 and None not in groups
