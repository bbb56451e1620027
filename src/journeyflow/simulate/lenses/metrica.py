"""The website through Yandex Metrica's Logs API, as a second counter: visits and hits.

It sees whom the mapped second counter sees. Parts cut an export anywhere in a day. Flaws: one file
put together from two parts, robots, thank-you pages loaded again in a later visit, and each month's
last three days exported once more, in another order of columns, after some visits grew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from journeyflow.simulate.clock import DAY, day, midnight, month
from journeyflow.simulate.lenses.files import Exports
from journeyflow.simulate.lenses.logs_api import Line, put_parts
from journeyflow.simulate.lenses.metrica_extras import stays_of
from journeyflow.simulate.lenses.metrica_hits import FIELDS as HIT_FIELDS
from journeyflow.simulate.lenses.metrica_hits import hit_lines
from journeyflow.simulate.lenses.metrica_stays import Stay
from journeyflow.simulate.lenses.metrica_visits import FIELDS as VISIT_FIELDS
from journeyflow.simulate.lenses.metrica_visits import visit_line
from journeyflow.simulate.world import Company

RECENT, GROWS = 3, 0.3


@dataclass(frozen=True, slots=True)
class Table:
    """One of the two tables, and how it is delivered."""

    source: str
    prefix: str
    fields: tuple[str, ...]
    suffix: str
    parts: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """A line as the month's export first tells it (None: not yet), and as the later one does."""

    at: int
    first: Line | None
    again: Line

    @property
    def place(self) -> tuple[int, str, int]:
        """An export goes by days, and within a day by visitors, in no order of theirs."""
        return midnight(self.at), self.again.cells["clientID"][::-1], self.at


VISITS = Table("visits", "ym:s", VISIT_FIELDS, ".tsv", 2)
HITS = Table("hits", "ym:pv", HIT_FIELDS, ".tsv.gz", 3)


def write(company: Company, exports: Exports) -> None:
    """Add the files of both sources to `exports`."""
    days = range(company.period.start, company.period.end, DAY)
    months = [[at for at in days if month(at) == name] for name in company.period.months]
    recent = {at for within in months for at in within[-RECENT:] if company.faults.planted}
    visits: list[Delivery] = []
    hits: list[Delivery] = []
    for stay in stays_of(company):
        early = _at_first(company, stay) if midnight(stay.at) in recent else stay
        visits.append(Delivery(stay.at, visit_line(early), visit_line(stay)))
        for hit, first, again in zip(stay.hits, hit_lines(stay), hit_lines(stay), strict=True):
            late = hit not in early.hits and midnight(hit.at) in recent
            hits.append(Delivery(hit.at, None if late else first, again))
    for within in months:
        for table, deliveries in ((VISITS, visits), (HITS, hits)):
            joined = company.faults.planted and within is months[0]
            _put(exports, table, deliveries, within, joined=joined)
            if company.faults.planted:
                _put_again(exports, table, deliveries, within[-RECENT:])


def _at_first(company: Company, stay: Stay) -> Stay:
    """The visit as it was exported the next morning: calls come later, some hits too."""
    grows = company.dice("grown", stay.visit_id).chance(GROWS) and stay.note != "bot"
    hits = stay.hits[: (len(stay.hits) + 1) // 2] if grows else stay.hits
    return replace(stay, hits=hits, calls=[])


def _put(
    exports: Exports, table: Table, deliveries: list[Delivery], days: list[int], *, joined: bool
) -> None:
    lines = [each.first for each in _within(deliveries, days) if each.first]
    size = max(1, -(-len(lines) // table.parts))
    parts = [lines[at : at + size] for at in range(0, len(lines), size)] or [[]]
    files = [parts[:2], *([part] for part in parts[2:])] if joined else [[part] for part in parts]
    for number, file in enumerate(files):
        _put_file(exports, table, days, f"part{number}", table.fields, file)


def _put_again(exports: Exports, table: Table, deliveries: list[Delivery], days: list[int]) -> None:
    repeated = _within(deliveries, days)
    for each in repeated:
        _tell_what_is_new(each)
    lines = [each.again for each in repeated]
    _put_file(exports, table, days, "recent_part0", table.fields[::-1], [lines])


def _within(deliveries: list[Delivery], days: list[int]) -> list[Delivery]:
    chosen = [each for each in deliveries if days[0] <= each.at < days[-1] + DAY]
    return sorted(chosen, key=lambda each: each.place)


def _put_file(
    exports: Exports,
    table: Table,
    days: list[int],
    part: str,
    fields: Sequence[str],
    parts: Sequence[Sequence[Line]],
) -> None:
    name = f"{table.source}_{day(days[0])}_{day(days[-1])}_{part}{table.suffix}"
    put_parts(exports, table.source, name, table.prefix, fields, parts)


def _tell_what_is_new(delivery: Delivery) -> None:
    """Note for each thing that a line shows once more what it is beside the first telling."""
    first, again = delivery.first, delivery.again
    known = {(row.kind, row.at): row for row in first.shows} if first else {}
    for row in again.shows:
        before = known.get((row.kind, row.at))
        if before is None or first is None:
            row.note = row.note or "late"
        elif row.kind == "visit" and first.cells["visitDuration"] != again.cells["visitDuration"]:
            before.note, row.note = "superseded", "corrected"
        else:
            row.note = "duplicate"
