"""Whether the events of a source happen some whole hours apart from those of the others.

Customers of one company wake and sleep together: a source whose day has the same shape as the
others' day, only moved, is read in the wrong zone. Sources with a day of another shape (a call
centre's office hours) fit no better when moved, and nothing is said of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

ENOUGH = 200
HOURS = range(24)
SHIFTS = range(-11, 13)
# Chance alone makes two days of 200 events differ by about 0.14.
CLOSE = 0.2
MUCH = 0.5


@dataclass(frozen=True)
class Fit:
    """How far the source's day is from the others': 0 the same, 1 no hour in common.

    `misfit` as it stands, `best` with the source moved back by `shift` hours.
    """

    misfit: float
    shift: int
    best: float

    @property
    def shifted(self) -> bool:
        """A close fit when moved, and much better than unmoved."""
        return self.best <= CLOSE and self.best <= MUCH * self.misfit and self.misfit > CLOSE


def fits(days: Mapping[str, Sequence[int]]) -> dict[str, Fit | str]:
    """For each source (events by hour of the day) its fit, or why there is none.

    A source that is found shifted takes no part in what the others are compared with: it
    would pull them along.
    """
    found: dict[str, Fit | str] = {}
    left = dict(days)
    while True:
        told = {name: _fit(left, name) for name in left}
        shifted = [
            (each.misfit - each.best, -sum(left[name]), name)
            for name, each in told.items()
            if isinstance(each, Fit) and each.shifted
        ]
        if not shifted:
            return found | told
        # Of two that differ, the one with fewer events is the likelier one to be at fault.
        name = max(shifted)[-1]
        found[name] = told[name]
        del left[name]


def _fit(days: Mapping[str, Sequence[int]], name: str) -> Fit | str:
    own = days[name]
    others = _sum(hours for other, hours in days.items() if other != name)
    for count, whose in ((sum(own), "events"), (sum(others), "events of other sources")):
        if count < ENOUGH:
            return f"too few to tell: {count} {whose}, {ENOUGH} are needed"
    best, _, shift = min((_misfit(own, others, each), abs(each), each) for each in SHIFTS)
    return Fit(_misfit(own, others, 0), shift, best)


def _misfit(own: Sequence[int], others: Sequence[int], shift: int) -> float:
    mine, theirs = sum(own), sum(others)
    apart = sum(abs(own[(hour + shift) % 24] * theirs - others[hour] * mine) for hour in HOURS)
    return apart / (2 * mine * theirs)  # of whole numbers, so that equal fits stay equal


def _sum(days: Iterable[Sequence[int]]) -> list[int]:
    listed = list(days)
    return [sum(day[hour] for day in listed) for hour in HOURS]
