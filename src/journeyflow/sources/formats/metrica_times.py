"""Whether the times of Yandex Metrica visits mean what the settings and its documentation say."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from journeyflow.errors import DataError
from journeyflow.settings import Source
from journeyflow.warehouse.models import load_model

HOUR = 3600
MOSCOW = 3 * HOUR  # the offset of dateTimeUTC, as it is documented
ALIKE = 0.99  # of the visits of a file; the hours around a change of summer time may differ
FEW = 20
OUTSIDE, INSIDE = 0.5, 0.9


def time_faults(con: duckdb.DuckDBPyConnection, source: Source) -> Iterator[tuple[int, DataError]]:
    """The files of a batch, by their place in it, whose times contradict how they are read.

    In: the table `metrica_rows`. Times inside visits are judged where there are twenty, since
    conversions reported from elsewhere truly lie days after their visit.
    """
    found = con.execute(load_model("sources", "metrica_offsets").sql)
    names = [each[0] for each in found.description]
    for row in found.fetchall():
        told = dict(zip(names, row, strict=True))
        place = int(told["place"])
        visits = told["visits"]
        if visits and max(told["in_moscow"], told["in_utc"]) < ALIKE * visits:
            ahead, offset = told["ahead_s"], told["offset_s"]
            yield (
                place,
                DataError(
                    f"dateTime is {_hours(ahead)} from dateTimeUTC; the zone {source.timezone} "
                    f"would make it {_hours(offset - MOSCOW)} (where dateTimeUTC is UTC+3, as "
                    f"documented) or {_hours(offset)} (it is UTC)",
                    f"the counter's zone is another: one at UTC{_hours(ahead + MOSCOW)} or at "
                    f"UTC{_hours(ahead)}; correct timezone in [[sources]]",
                ),
            )
            continue
        times = told["times"]
        ways = {"+03:00": "as_documented", "+00:00": "as_utc", "local": "as_local"}
        best = max(ways, key=lambda way: int(told[ways[way]] or 0))
        if (
            times >= FEW
            and told["as_declared"] < OUTSIDE * times
            and told[ways[best]] >= INSIDE * times
        ):
            yield (
                place,
                DataError(
                    f"of {times} times of goals and purchases {told['as_declared']} lie inside "
                    f"their visits as read now, and {told[ways[best]]} with the offset {best}",
                    f'add to [[sources]]: inner_offset = "{best}"',
                ),
            )


def _hours(seconds: float) -> str:
    hours = seconds / HOUR
    return f"{hours:+g} h"
