"""The settings of working hours, so that a wait over night is none of the company's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from pydantic import Field, field_validator

from journeyflow.settings import Settings, Zone

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = 24 * 60
_TIME = r"(\d{1,2}):(\d{2})"
_HOURS = re.compile(rf"{_TIME}\s*-\s*{_TIME}")

# Per weekday, Monday first: from and to which minute of the local day, in order.
Week = tuple[tuple[tuple[int, int], ...], ...]


class Calendar(Settings):
    """`[[calendars]]`: when people work, so that waits are told in working time as well."""

    name: str = Field(min_length=1)
    """Stands in the tables `calendars` and `working_hours`."""
    owners: tuple[str, ...] = ()
    """The owners of touchpoints who work by it: whoever waits for one of these waits by this
    calendar. None: all whom no other calendar names."""
    hours: dict[str, str] = Field(min_length=1)
    """Day or days = hours, such as `{ "mon-thu" = "09:00-13:00, 14:00-18:00", fri = "09:00-15:00"
    }`; days that are not named are free. Days are `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`.
    Hours past midnight stand with the next day: `fri = "22:00-24:00"`, `sat = "00:00-06:00"`."""
    holidays: tuple[date, ...] = ()
    """Local days without work, such as `["2026-01-01", "2026-05-09"]`."""
    timezone: Zone | None = None
    """The zone of the hours; by default the project's."""

    @field_validator("hours")
    @classmethod
    def sound_hours(cls, hours: dict[str, str]) -> dict[str, str]:
        """Each day once, and its hours one after the other."""
        week_of(hours)
        return hours

    @property
    def week(self) -> Week:
        """The hours, read."""
        return week_of(self.hours)


def week_of(hours: dict[str, str]) -> Week:
    """Read hours by days. Raises ValueError where they make no week."""
    week: dict[str, tuple[tuple[int, int], ...]] = {}
    for days, text in hours.items():
        for day in _days(days):
            if day in week:
                msg = f"{day} stands twice; expected each day once, found {days!r} after another"
                raise ValueError(msg)
            week[day] = tuple(_intervals(day, text))
    return tuple(week.get(day, ()) for day in DAYS)


def _days(text: str) -> list[str]:
    first, _, last = text.partition("-")
    if first not in DAYS or (last or first) not in DAYS or text.endswith("-"):
        msg = f'expected a day such as mon, or days such as "mon-fri", found {text!r}'
        raise ValueError(msg)
    length = (DAYS.index(last or first) - DAYS.index(first)) % len(DAYS) + 1
    return list((DAYS * 2)[DAYS.index(first) :][:length])


def _intervals(day: str, text: str) -> Iterator[tuple[int, int]]:
    until = 0
    for part in text.split(","):
        match = _HOURS.fullmatch(part.strip())
        opens, closes = (
            (_minute(match[1], match[2]), _minute(match[3], match[4])) if match else (None, None)
        )
        if opens is None or closes is None:
            msg = f'{day}: expected hours such as "09:00-13:00, 14:00-18:00", found {text!r}'
            raise ValueError(msg)
        if closes <= opens:
            msg = (
                f"{day}: expected hours that end after they begin, found {part.strip()!r}; what is "
                "past midnight stands with the next day, after one that ends at 24:00"
            )
            raise ValueError(msg)
        if opens < until:
            msg = f"{day}: expected hours one after the other, found {text!r}"
            raise ValueError(msg)
        until = closes
        yield opens, closes


def _minute(hour: str, minute: str) -> int | None:
    found = int(hour) * 60 + int(minute)
    return found if int(minute) < 60 and found <= MIDNIGHT else None
