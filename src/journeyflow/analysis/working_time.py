"""Working time: the hours of a calendar as moments, by which SQL measures waits.

The working time between two moments is the difference of what had been worked until each, so it
adds up over any split. Work is done while the wall clock of the calendar's zone shows a time within
its hours: an hour that the clock shows twice is worked twice, one that it skips is not.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from journeyflow.calendars import Week
from journeyflow.sources.zones import changes, offset

_DAY = timedelta(days=1)


def working_hours(
    week: Week, holidays: Collection[date], zone: str, first: datetime, last: datetime
) -> list[tuple[datetime, datetime, int]]:
    """The hours of a calendar between two moments and a day around them.

    Out: opens_at, closes_at, in UTC and in order, and worked_before_s, the seconds worked since the
    first of them until it opens.
    """
    info = ZoneInfo(zone)
    begin, end = (each.astimezone(UTC).replace(tzinfo=None) for each in (first - _DAY, last + _DAY))
    changed = changes(info, begin, end)
    moments = [begin, *(moment for moment, _, _ in changed), end]
    shifts = [offset(info, begin), *(after for _, _, after in changed)]
    found, worked = [], 0
    for (since, until), shift in zip(pairwise(moments), shifts, strict=True):
        shown = timedelta(seconds=shift)
        day = (since + shown).date()
        while day <= (until + shown).date():
            midnight = datetime.combine(day, time.min) - shown
            for opens, closes in week[day.weekday()] if day not in holidays else ():
                # What lies on the other side of a change of the clocks is found there.
                opens_at = max(midnight + timedelta(minutes=opens), since)
                closes_at = min(midnight + timedelta(minutes=closes), until)
                if opens_at < closes_at:
                    found.append(
                        (opens_at.replace(tzinfo=UTC), closes_at.replace(tzinfo=UTC), worked)
                    )
                    worked += int((closes_at - opens_at).total_seconds())
            day += _DAY
    return found
