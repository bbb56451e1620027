"""Moments as whole microseconds since 1970 in UTC, and the company's local calendar.

Moscow has stood at UTC+3 without summer time since 2014, so local time is one addition, and no
result depends on the zone of the machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from journeyflow.simulate.dice import Dice

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
OFFSET = 3 * HOUR
MOSCOW = timezone(timedelta(hours=3))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MONDAY, THURSDAY, SUNDAY = 0, 3, 6


def local(at: int) -> datetime:
    """The moment as an aware datetime in the company's zone, to the second."""
    return datetime.fromtimestamp(at // SECOND, MOSCOW)


def weekday(at: int) -> int:
    """0 = Monday … 6 = Sunday, of the local day."""
    return ((at + OFFSET) // DAY + 3) % 7  # 1970-01-01 was a Thursday


def hour(at: int) -> int:
    """Local hour, 0 … 23."""
    return (at + OFFSET) % DAY // HOUR


def midnight(at: int) -> int:
    """The beginning of the local day of `at`."""
    return at - (at + OFFSET) % DAY


def month(at: int) -> str:
    """The local calendar month, as 2026-10."""
    return f"{local(at):%Y-%m}"


def day(at: int) -> str:
    """The local date, as 2026-10-01."""
    return f"{local(at):%Y-%m-%d}"


def moment(at: int) -> str:
    """The local time to the second and without a zone, as 2026-10-01 14:05:00."""
    return f"{local(at):%Y-%m-%d %H:%M:%S}"


def to_minute(at: int) -> int:
    """Cut to the whole minute, as people type times."""
    return at - at % MINUTE


def in_hours(at: int, first: int, last: int, dice: Dice) -> int:
    """Keep the day of `at`, but move it between the local hours `first` and `last`."""
    draw = dice.random()
    if first <= hour(at) < last:
        return at
    return midnight(at) + first * HOUR + int(draw * (last - first) * HOUR)


@dataclass(frozen=True)
class Period:
    """The observed days: from local midnight `start` up to, not including, `end`."""

    start: int
    end: int

    @classmethod
    def ending(cls, last_day: date, days: int) -> Period:
        """The `days` local days up to and including `last_day`."""
        midnight_after = datetime(
            last_day.year, last_day.month, last_day.day, tzinfo=MOSCOW
        ) + timedelta(days=1)
        end = (midnight_after - EPOCH) // timedelta(microseconds=1)
        return cls(end - days * DAY, end)

    @property
    def days(self) -> int:
        """How many local days."""
        return (self.end - self.start) // DAY

    @property
    def months(self) -> list[str]:
        """The calendar months it touches, as 2026-10."""
        return sorted({month(at) for at in range(self.start, self.end, DAY)})

    def at_share(self, share: float) -> int:
        """The beginning of the local day that lies `share` of the way in."""
        return self.start + round(self.days * share) * DAY
