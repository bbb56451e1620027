"""The part of the journeys that a report is about, in words and as bounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from journeyflow.errors import SettingsError
from journeyflow.language import Language


@dataclass(frozen=True)
class Period:
    """Journeys begun on the local days `first` to `last`, both included; None is no bound."""

    first: date | None
    last: date | None
    timezone: str

    def __post_init__(self) -> None:
        if self.first and self.last and self.first > self.last:
            raise SettingsError(
                f"The period ends on {self.last}, before it begins on {self.first}.",
                hint="Exchange --from and --to.",
            )

    @property
    def unbounded(self) -> bool:
        """Whether it holds all journeys."""
        return self.first is None and self.last is None

    def moments(self) -> tuple[datetime | None, datetime | None]:
        """[from, before) in UTC; None also where the calendar ends before the bound."""
        return self._midnight(self.first), self._midnight(_day_after(self.last))

    def months(self) -> tuple[date | None, date | None]:
        """The first days of the first and the last month that the period touches."""
        return (
            self.first.replace(day=1) if self.first else None,
            self.last.replace(day=1) if self.last else None,
        )

    def cuts_months(self) -> bool:
        """Whether the period begins or ends inside a month."""
        begins_inside = self.first is not None and self.first.day != 1
        after = _day_after(self.last)
        ends_inside = after is not None and after.day != 1
        return begins_inside or ends_inside

    def words(self, words: Language) -> str:
        """The period as people say it."""
        begin = words.day(self.first) if self.first else ""
        end = words.day(self.last) if self.last else ""
        key = {(True, True): "between", (True, False): "from", (False, True): "to"}.get(
            (self.first is not None, self.last is not None), "all"
        )
        return words.text(f"page.period_{key}", begin=begin, end=end)

    def _midnight(self, day: date | None) -> datetime | None:
        if day is None:
            return None
        try:
            return datetime.combine(day, time.min, ZoneInfo(self.timezone)).astimezone(UTC)
        except OverflowError:
            return None


def _day_after(day: date | None) -> date | None:
    return day + timedelta(days=1) if day and day < date.max else None
