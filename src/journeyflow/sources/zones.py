"""Local times and what they mean: DuckDB alone neither flags a doubled hour nor refuses a gap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


class ZoneSegment(NamedTuple):
    """From `local_from` on (a wall-clock time), subtract `offset_s` to get UTC.

    `flag` is None, `ambiguous` (the wall clock shows this time twice; `offset_s` is that of
    the earlier) or `nonexistent` (the wall clock jumps over it).
    """

    local_from: datetime
    offset_s: int
    flag: str | None


@lru_cache(maxsize=64)
def zone_segments(zone: str, first: datetime, last: datetime) -> tuple[ZoneSegment, ...]:
    """Cut the wall clock of `zone` between two naive UTC moments into segments of one meaning."""
    info = ZoneInfo(zone)
    start = first - 2 * DAY
    segments = [ZoneSegment(datetime(1, 1, 1), offset(info, start), None)]  # noqa: DTZ001
    for moment, before, after in changes(info, start, last + 2 * DAY):
        low = moment + timedelta(seconds=min(before, after))
        high = moment + timedelta(seconds=max(before, after))
        flag = "nonexistent" if after > before else "ambiguous"
        segments += [ZoneSegment(low, before, flag), ZoneSegment(high, after, None)]
    return tuple(segments)


def offset(info: ZoneInfo, moment: datetime) -> int:
    """What the wall clock is ahead of a naive UTC moment, in seconds."""
    shift = moment.replace(tzinfo=UTC).astimezone(info).utcoffset()
    return int(shift.total_seconds()) if shift else 0


def changes(info: ZoneInfo, start: datetime, end: datetime) -> list[tuple[datetime, int, int]]:
    """List (UTC moment, offset before, offset after) of every change, to the second."""
    found = []
    moment, before = start, offset(info, start)
    while moment < end:
        following = moment + DAY
        after = offset(info, following)
        if after != before:
            low, high = moment, following
            while high - low > SECOND:
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if offset(info, middle) == before else (low, middle)
            found.append((high, before, after))
        moment, before = following, after
    return found
