"""The same deals as leads of amoCRM's API (v4): changes of stage, moments in seconds since 1970.

It says who moved a lead, 0 for a robot, and why it was lost. 142 and 143 are won and lost in every
pipeline, and a lead's first stage is no change.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from journeyflow.simulate.clock import SECOND, local, month
from journeyflow.simulate.company import GA, MANAGERS, ORDER, REASONS, YM, Language
from journeyflow.simulate.lenses import crm_told
from journeyflow.simulate.lenses.crm_told import (
    ARCHIVED,
    HEAD_OF_SALES,
    PIPELINE_OF,
    PIPELINES,
    STAGES,
    Card,
    Listing,
    Move,
)
from journeyflow.simulate.lenses.files import Exports, Row
from journeyflow.simulate.world import Company

EVENTS_A_PAGE, RECORDS_A_PAGE = 100, 250
CODES = {GA: "GCLIENTID", YM: "_YM_UID", ORDER: "CONTRACT"}
ENDS = {"contract_signed": 142, "deal_lost": 143}
CLOSED = {"ru": ("Успешно реализовано", "Закрыто и не реализовано"), "en": ("Won", "Lost")}
PIPELINE, USERS, ACCOUNT = 7_300_000, 9_100_000, 30_500_000
ROBOT = 0
Record = dict[str, Any]


def write(company: Company, exports: Exports, language: Language) -> None:
    """Add the files of the history, of its lists and of its companions to `exports`."""
    told = crm_told.moves(company)
    months: dict[str, list[Row]] = {name: [] for name in company.period.months}
    came_from: dict[int, Move] = {}
    for move in told:
        before = came_from.get(move.deal.number)
        came_from[move.deal.number] = move
        if before is not None:
            event = _event(company, move, before)
            months[month(move.at)].append(move.row(event, event["id"]))
    for name, rows in months.items():
        _put(company, exports, crm_told.HISTORY, f"history_{name}", "events", rows)
    exports.put_document(
        crm_told.HISTORY, "stages.json", _answer("pipelines", _pipelines(language))
    )
    exports.put_document(crm_told.HISTORY, "users.json", _answer("users", _users(language)))
    listed_before: dict[str, Row] = {}
    for day, listed in crm_told.listings(company, told):
        rows = [listing.row(_lead(listing, language)) for listing in listed]
        listed_before = crm_told.mark_repeats(rows, listed_before)
        name = f"leads_{local(day):%Y-%m-%d}"
        _put(company, exports, crm_told.DEALS, name, "leads", rows)
    cards = [card.row(_contact(card)) for card in crm_told.cards(company, told)]
    _put(company, exports, crm_told.CONTACTS, "contacts", "contacts", cards)


def _put(
    company: Company, exports: Exports, source: str, name: str, key: str, rows: Sequence[Row]
) -> None:
    size = EVENTS_A_PAGE if key == "events" else RECORDS_A_PAGE
    parts = [
        (_answer(key, [row.content for row in page], number), page)
        for number, page in enumerate(crm_told.pages(company, rows, size), 1)
    ]
    crm_told.put_pages(exports, source, name, parts)


def _answer(key: str, records: list[Record], page: int = 1) -> Record:
    return {"_page": page, "_embedded": {key: records}}


def _status(stage: str) -> Record:
    """The numbers of a stage: its own, and that of its pipeline."""
    pipeline = PIPELINE_OF[stage]
    own = 61_000_000 + 10 * pipeline + PIPELINES[pipeline][1].index(stage)
    return {"id": ENDS.get(stage, own), "pipeline_id": PIPELINE + pipeline}


def _event(company: Company, move: Move, before: Move) -> Record:
    owned = move.stage != "measurement" or company.faults.measurement_owned
    by = len(MANAGERS) if move.stage == ARCHIVED else move.deal.manager
    return {
        "id": f"01k8{move.number:022d}",
        "type": "lead_status_changed",
        "entity_id": move.deal.crm_id,
        "entity_type": "lead",
        "created_by": USERS + by if owned else ROBOT,
        "created_at": move.at // SECOND,
        "value_after": [{"lead_status": _status(move.stage)}],
        "value_before": [{"lead_status": _status(before.stage)}],
        "account_id": ACCOUNT,
    }


def _own(number: int, code: str, value: str, **more: str) -> Record:
    return {"field_id": number, "field_code": code, "values": [{"value": value, **more}]}


def _lead(listing: Listing, language: Language) -> Record:
    deal, ended, status = listing.deal, listing.ended, _status(listing.stands)
    told = ((GA, listing.ga), (YM, listing.ym), (ORDER, listing.order))
    own = [_own(880_001 + n, CODES[type], value) for n, (type, value) in enumerate(told) if value]
    reason = deal.reason if ended and ended.stage == "deal_lost" else None
    return {
        "id": deal.crm_id,
        "name": f"Кухня {deal.crm_id}",
        "price": listing.amount,
        "responsible_user_id": USERS + deal.manager,
        "status_id": status["id"],
        "pipeline_id": status["pipeline_id"],
        "created_at": listing.life[0].at // SECOND,
        "closed_at": ended.at // SECOND if ended else None,
        "custom_fields_values": own or None,
        "_embedded": {
            "contacts": [{"id": listing.card, "is_main": True}] if listing.card else [],
            "loss_reason": [{"id": 1, "name": REASONS[reason][language]}] if reason else [],
        },
    }


def _contact(card: Card) -> Record:
    email = [_own(770_002, "EMAIL", card.email, enum_code="WORK")] if card.email else []
    return {
        "id": card.number,
        "created_at": card.created // SECOND,
        "custom_fields_values": [_own(770_001, "PHONE", card.phone, enum_code="MOB"), *email],
    }


def _pipelines(language: Language) -> list[Record]:
    found = []
    for number, (names, stages) in enumerate(PIPELINES):
        # The two ends are there in any case, and may have been renamed.
        known = dict(zip(ENDS.values(), CLOSED[language], strict=True))
        known |= {_status(stage)["id"]: STAGES[stage][language] for stage in stages}
        pipeline = PIPELINE + number
        statuses = [{"id": id, "name": n, "pipeline_id": pipeline} for id, n in known.items()]
        found.append({"id": pipeline, "name": names[language], "_embedded": {"statuses": statuses}})
    return found


def _users(language: Language) -> list[Record]:
    return [
        {"id": USERS + number, "name": names[language], "is_admin": names is HEAD_OF_SALES}
        for number, names in enumerate((*MANAGERS, HEAD_OF_SALES))
    ]
