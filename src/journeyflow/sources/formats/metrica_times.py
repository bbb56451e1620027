"""Whether the times of Yandex Metrica visits mean what the settings and its documentation say."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from journeyflow.errors import DataError
from journeyflow.settings import Source
from journeyflow.sources.formats.metrica_rows import found, row_faults

HOUR = 3600
MOSCOW = 3 * HOUR  # the offset of dateTimeUTC, as it is documented
ALIKE = 0.99  # of the visits of a file
FEW = 5  # inside their visits by one reading, while by the declared one not half as many are


def visit_faults(con: duckdb.DuckDBPyConnection, source: Source) -> Iterator[tuple[int, DataError]]:
    """The files of a batch, by their place in it, whose rows or times contradict how they are read.

    In: the tables `metrica_rows` and `raw_identifiers`. Times inside visits are judged where a few
    fit another reading and the declared one does not: conversions reported from elsewhere lie days
    after their visit, and inside it by no reading.
    """
    yield from row_faults(con, "metrica_rows")
    for told in found(con, "metrica_offsets"):
        visits, fitting = told["visits"], max(told["in_moscow"], told["in_utc"])
        if fitting >= ALIKE * visits:
            continue
        if told["in_moscow"] + told["in_utc"] == visits:
            fault = DataError(
                f"dateTimeUTC is UTC+3 in {told['in_moscow']} visits and UTC in {told['in_utc']}",
                "it can be one of them only: keep exports of different counters or tools apart",
            )
        else:
            ahead, offset = told["ahead_s"], told["offset_s"]
            fault = DataError(
                f"of {visits} visits {visits - fitting} contradict the declared zone: dateTime is "
                f"{_hours(ahead)} from dateTimeUTC; {source.timezone} would make it "
                f"{_hours(offset - MOSCOW)} (where dateTimeUTC is UTC+3, as documented) or "
                f"{_hours(offset)} (where it is UTC)",
                f"the counter's zone is another: one at UTC{_hours(ahead + MOSCOW)} or at "
                f"UTC{_hours(ahead)}; correct timezone in [[sources]]",
            )
        yield told["place"], fault
    for told in found(con, "metrica_delays"):
        ways = {
            "+03:00": told["as_documented"],
            "+00:00": told["as_utc"],
            "local": told["as_local"],
        }
        best = max(ways, key=lambda way: ways[way])
        if ways[best] >= FEW and 2 * told["as_declared"] < ways[best]:
            message = (
                f"of {told['times']} times of {told['what']} {told['as_declared']} lie inside "
                f"their visits as read now, and {ways[best]} with the offset {best}"
            )
            hint = (
                f"correct timezone in [[sources]] if the counter's is not {source.timezone}; "
                f'else add inner_offset = "{best}"; where goals and purchases need different ones, '
                "export those of one kind without the fields of the other"
            )
            yield told["place"], DataError(message, hint)


def _hours(seconds: float) -> str:
    return f"{seconds / HOUR:+g} h"
