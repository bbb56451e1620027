"""Whether the events of a source happen some whole hours apart from those of another.

What is compared: the days of two sources, of the persons that both know. One person in one hour of
one date counts once, whatever number of events there is: a visit of many pages is one fact about
the hour. Two days are apart by the chi-square of homogeneity over the hours of the day, which
grows with how much was seen and not with chance. A source is shifted where its day, moved by some
hours, is apart from the other's by much less than unmoved: by so much that chance does not do it
(`GAIN`), and so that little of the difference is left (`LEFT`). A day of another shape, such as a
call centre's among evening visitors, keeps most of its difference wherever it is moved.

When nothing can be said: of fewer than `ENOUGH` such hours in either source; of shifts that are no
whole hours; where all sources are shifted alike; where the two have days of different shapes. A
source that is quiet at night keeps opening hours, and those of a showroom and an office may well
lie an hour or two apart: of such a source a shift is believed from `OPENING` hours on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

ENOUGH = 200
HOURS = range(24)
SHIFTS = range(-11, 13)
# By chance the best of 24 shifts gains that much about once in a million comparisons.
GAIN = 30
LEFT = 0.1
OPENING = 3
# An hour is quiet with a tenth of an even share; a day with so many of them keeps opening hours.
QUIET, MANY_QUIET = 1 / 240, 6
FREEDOM = len(HOURS) - 1
Day = Sequence[int]
Days = Mapping[tuple[str, str], Day]


@dataclass(frozen=True)
class Fit:
    """How far the day of a source is from that of `other`, as a chi-square of 23 degrees.

    `apart` as it stands, `best` with the source moved back by `shift` hours. `opening`: one of
    the two keeps opening hours.
    """

    other: str
    apart: float
    shift: int
    best: float
    opening: bool

    @property
    def shifted(self) -> bool:
        """Whether the shift is believed."""
        if self.opening and abs(self.shift) < OPENING:
            return False
        unexplained = max(self.best - FREEDOM, 0)
        return self.apart - self.best >= GAIN and unexplained <= LEFT * (self.apart - FREEDOM)


def fits(days: Days) -> dict[str, Fit | str]:
    """For each source the fit that tells most, or why there is none.

    In: by (source, other source), how much of the source happened at each hour of the day. Of
    two that differ, the one that differs from more sources, then the one with less in it, is the
    likelier one to be at fault; once it is found, nothing more is compared with it.
    """
    found: dict[str, Fit | str] = {}
    left = sorted({source for source, _ in days})
    while left:
        told = {name: _fits(days, name, left) for name in left}
        shifted = {name: [fit for fit in told[name] if fit.shifted] for name in left}
        suspect = max(left, key=lambda name: (len(shifted[name]), -_size(days, name), name))
        if not shifted[suspect]:
            return found | {
                name: max(each, key=_gain) if each else _too_few(days, name, left)
                for name, each in told.items()
            }
        found[suspect] = max(shifted[suspect], key=_gain)
        left.remove(suspect)
    return found


def _fits(days: Days, name: str, left: Collection[str]) -> list[Fit]:
    return [
        _fit(other, own, days[other, name])
        for (source, other), own in sorted(days.items())
        if source == name and other in left
        if (other, name) in days and min(sum(own), sum(days[other, name])) >= ENOUGH
    ]


def _fit(other: str, own: Day, theirs: Day) -> Fit:
    best, _, shift = min((_apart(own, theirs, each), abs(each), each) for each in SHIFTS)
    opening = any(_keeps_opening_hours(day) for day in (own, theirs))
    return Fit(other, _apart(own, theirs, 0), shift, best, opening)


def _apart(own: Day, theirs: Day, shift: int) -> float:
    """The chi-square of homogeneity of two days, the one moved back by `shift` hours."""
    mine, others = sum(own), sum(theirs)
    pairs = ((own[(hour + shift) % 24], theirs[hour]) for hour in HOURS)
    return sum((a * others - b * mine) ** 2 / (a + b) for a, b in pairs if a + b) / (mine * others)


def _keeps_opening_hours(day: Day) -> bool:
    return sum(hour < QUIET * sum(day) for hour in day) >= MANY_QUIET


def _gain(fit: Fit) -> float:
    return fit.apart - fit.best


def _size(days: Days, name: str) -> int:
    return sum(sum(day) for (source, _), day in days.items() if source == name)


def _too_few(days: Days, name: str, left: Collection[str]) -> str:
    count, other = max(
        (
            (min(sum(own), sum(days.get((other, name), ()))), other)
            for (source, other), own in days.items()
            if source == name and other in left
        ),
        default=(0, None),
    )
    if other is None:
        return "too few to tell: no source that is not shifted itself knows its persons"
    return f"too few to tell: {count} hours of persons that {other} knows, {ENOUGH} are needed"
