"""The truth beside the exports, in `truth/`; made from the simulation, never read back.

- `events.parquet`: every row of every export that shows an event or an answer: where it stands,
  whose it truly is, when and at which touchpoint it truly happened, and what is odd about it;
- `persons.parquet`: the raw identifiers of each true person that exports show;
- `journeys.parquet`: true journeys with outcome; `recorded` where the exports show every act
  under identifiers that link;
- `deals.parquet`: every deal's life, including what follows after the period;
- `planted.json`, `faults.csv`: what is planted, with its parameters and its realised figures.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from journeyflow.simulate.acts import Act
from journeyflow.simulate.company import (
    LINES,
    MANAGERS,
    SHOWROOMS,
    Language,
)
from journeyflow.simulate.journeys import LOST_AFTER, cut, deal_is_open
from journeyflow.simulate.lenses.files import Exports, person_key
from journeyflow.simulate.linkage import Linkage
from journeyflow.simulate.places import (
    PLACES,
)
from journeyflow.simulate.world import Company

MOMENT = pa.timestamp("us", tz="UTC")


def tables(company: Company, exports: Exports, language: Language) -> dict[str, bytes]:
    """All truth tables as Parquet bytes by file name."""
    linkage = Linkage(row for _, _, _, row in exports.truth)
    return {
        "truth/events.parquet": _parquet(_events(exports, language)),
        "truth/persons.parquet": _parquet(_persons(linkage)),
        "truth/journeys.parquet": _parquet(_journeys(company, linkage, language)),
        "truth/deals.parquet": _parquet(_deals(company, language)),
    }


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _moments(values: list[int | None]) -> pa.Array:
    return pa.array(values, pa.int64()).cast(MOMENT)


def _name(touch: str, language: Language) -> str | None:
    return PLACES[touch].names[language] if touch else None


def _events(exports: Exports, language: Language) -> pa.Table:
    rows = exports.truth
    return pa.table(
        {
            "source": [source for source, _, _, _ in rows],
            "file": [file for _, file, _, _ in rows],
            "line": pa.array([line for _, _, line, _ in rows], pa.int32()),
            "event_id": [row.event_id or None for *_, row in rows],
            "person": [row.person for *_, row in rows],
            "occurred_at": _moments([row.at for *_, row in rows]),
            "kind": [row.kind for *_, row in rows],
            "touchpoint": [_name(row.touch, language) for *_, row in rows],
            "act": pa.array([row.act for *_, row in rows], pa.int64()),
            "identified": [bool(row.ids) for *_, row in rows],
            "note": [row.note for *_, row in rows],
        }
    )


def _persons(linkage: Linkage) -> pa.Table:
    rows = [
        (person, kind, value)
        for person, identifiers in sorted(linkage.identifiers.items())
        for kind, value in sorted(identifiers)
    ]
    return pa.table(
        {
            "person": [person for person, _, _ in rows],
            "type": [kind for _, kind, _ in rows],
            "value": [value for _, _, value in rows],
        }
    )


def observed_until(company: Company) -> int:
    """The latest true act: what is known, is known until then."""
    return company.acts[-1].at if company.acts else company.period.end


def acts_by_person(company: Company) -> Mapping[int, list[Act]]:
    """Each person's acts in order of time."""
    by_person: dict[int, list[Act]] = defaultdict(list)
    for act in company.acts:
        by_person[act.person].append(act)
    return by_person


def _journeys(company: Company, linkage: Linkage, language: Language) -> pa.Table:
    until = observed_until(company)
    columns: dict[str, list[Any]] = defaultdict(list)
    for person, acts in sorted(acts_by_person(company).items()):
        for journey in cut(person, acts):
            deal_open = deal_is_open(journey)
            last, converted = journey.acts[-1].at, journey.converted_at
            row = {
                "person": person_key(person),
                "journey_number": journey.number,
                "started_at": journey.acts[0].at,
                "ended_at": last,
                "outcome": journey.outcome(until, deal_open=deal_open),
                "closed": journey.closed(until, deal_open=deal_open),
                "deal_open": deal_open,
                "silent_from": journey.alive_at + LOST_AFTER,
                "converted_at": converted,
                "value": journey.value,
                "path": [PLACES[touch].names[language] for touch in journey.path],
                "acts": [act.number for act in journey.acts],
                "recorded": linkage.recorded(act.number for act in journey.acts),
            }
            for key, value in row.items():
                columns[key].append(value)
    moments = {"started_at", "ended_at", "silent_from", "converted_at"}
    types = {"path": pa.list_(pa.string()), "acts": pa.list_(pa.int64())}
    return pa.table(
        {
            key: _moments(values) if key in moments else pa.array(values, types.get(key))
            for key, values in columns.items()
        }
    )


def _deals(company: Company, language: Language) -> pa.Table:
    deals = company.deals
    return pa.table(
        {
            "deal": [deal.deal_id for deal in deals],
            "order_id": [deal.order_id for deal in deals],
            "person": [person_key(deal.person) for deal in deals],
            "origin": [deal.origin for deal in deals],
            "line": [LINES[deal.line].names[language] for deal in deals],
            "showroom": [SHOWROOMS[deal.showroom][language] for deal in deals],
            "manager": [MANAGERS[deal.manager][language] for deal in deals],
            "amount": pa.array([deal.amount for deal in deals], pa.int64()),
            "opened_at": _moments([deal.opened for deal in deals]),
            "measured_at": _moments([deal.measured for deal in deals]),
            "offered_at": _moments([deal.offered for deal in deals]),
            "won_at": _moments([deal.won for deal in deals]),
            "lost_at": _moments([deal.lost for deal in deals]),
            "reason": pa.array([deal.reason for deal in deals], pa.string()),
            "own_number": [deal.own_number for deal in deals],
        }
    )
