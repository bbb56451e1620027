"""What the matching of a funnel works on: items that have a name of the funnel, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
FOREVER = 1 << 62  # a bound in microseconds that nothing meets; a moment added does not overflow
NEVER = np.iinfo(np.int64).min
NONE = -1


@dataclass(frozen=True)
class Items:
    """Items that a funnel names or excludes, by unit and, within it, in item order.

    unit: number of the unit, from 0; number: place among all items of the unit, so that
    neighbours differ by one; name: number of its name, from 0; entered, left: microseconds,
    never decreasing within a unit; is_last: no item of the unit follows, named or not; excluded:
    running count of the excluded items, so that equal counts mean that none lies between.
    """

    unit: Ints
    number: Ints
    name: Ints
    entered: Ints
    left: Ints
    is_last: Flags
    excluded: Ints

    def first_of_unit(self, places: Ints) -> Ints:
        """Of sorted places (indexes of items), the first in each unit."""
        units = self.unit[places]
        return np.asarray(places[np.diff(units, prepend=-1) != 0], dtype=np.int64)

    def excluded_after(self, places: Ints) -> Flags:
        """Whether an excluded item of the same unit follows."""
        ends = np.searchsorted(self.unit, self.unit[places], side="right") - 1
        return np.asarray(self.excluded[ends] != self.excluded[places], dtype=np.bool_)


@dataclass(frozen=True)
class Rules:
    """Which items an attempt may consist of.

    steps: the name of each position; window: most microseconds from its first item to any;
    within: most microseconds since the item before, per position (the first is never asked);
    strict: nothing may lie between two items.
    """

    steps: tuple[int, ...]
    window: int
    within: tuple[int, ...]
    strict: bool = False


@dataclass(frozen=True)
class Attempts:
    """Attempts at a funnel, each of one unit.

    anchor: place of the item that it was started for; first, last: the positions (from 0) it
    entered at and got to; places: attempts x positions, the places of its items, NONE
    before the first and after the last; until: the moment up to which it could still be
    continued, NEVER where something other than time stands in its way.
    """

    unit: Ints
    anchor: Ints
    first: Ints
    last: Ints
    places: Ints
    until: Ints

    def __len__(self) -> int:
        return len(self.unit)

    def take(self, chosen: Ints) -> Attempts:
        """These attempts alone, in this order."""
        return Attempts(
            self.unit[chosen], self.anchor[chosen], self.first[chosen],
            self.last[chosen], self.places[chosen], self.until[chosen],
        )  # fmt: skip


def joined(parts: list[Attempts]) -> Attempts:
    """All attempts of several tables."""
    return Attempts(
        np.concatenate([part.unit for part in parts]),
        np.concatenate([part.anchor for part in parts]),
        np.concatenate([part.first for part in parts]),
        np.concatenate([part.last for part in parts]),
        np.concatenate([part.places for part in parts]),
        np.concatenate([part.until for part in parts]),
    )
