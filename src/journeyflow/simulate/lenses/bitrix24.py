"""The same deals through Bitrix24's REST API: a history of stages, fifty records an answer.

Its stages of loss are named after the reasons, since it has no other field for them, and nothing
says who moved a deal.
"""

from __future__ import annotations

from typing import Any

from journeyflow.simulate.clock import local, month
from journeyflow.simulate.company import GA, MANAGERS, ORDER, REASONS, YM, Language
from journeyflow.simulate.lenses import crm_told
from journeyflow.simulate.lenses.crm_told import ARCHIVED, Card, Listing, Move
from journeyflow.simulate.lenses.files import Exports, Row
from journeyflow.simulate.world import Company

PAGE_SIZE = 50
# Fields of the company's own have numbers for names.
OWN_FIELDS = {GA: "UF_CRM_1690000001", YM: "UF_CRM_1690000002", ORDER: "UF_CRM_1690000003"}
STAGE_IDS = {
    "deal_created": "NEW",
    "measurement": "PREPARATION",
    "offer_sent": "EXECUTING",
    "contract_signed": "WON",
    "installation": "C2:NEW",
    "service_visit": "C2:UC_7R1Q0X",
    "recommendation": "C2:UC_K4M2ZB",
    ARCHIVED: "C4:NEW",
}
LOSS_IDS = {
    "price": "LOSE",
    "slow": "UC_3VX81T",
    "rival": "UC_9DH0PL",
    "later": "APOLOGY",
    "silent": "UC_W5E6NA",
}
SEMANTICS = {"deal_won": "S", "deal_lost": "F"}
USERS = 11  # the number of the first manager


def write(company: Company, exports: Exports, language: Language) -> None:
    """Add the files of the history, of its lists and of its companions to `exports`."""
    told = crm_told.moves(company)
    months: dict[str, list[Row]] = {name: [] for name in company.period.months}
    for move in told:
        months[month(move.at)].append(move.row(_change(move), str(move.number)))
    for name, rows in months.items():
        parts = [
            (_answer({"items": [row.content for row in page]}, len(rows)), page)
            for page in crm_told.pages(company, rows, PAGE_SIZE)
        ]
        crm_told.put_pages(exports, crm_told.HISTORY, f"history_{name}", parts)
    exports.put_document(crm_told.HISTORY, "stages.json", _answer(*_stages(language)))
    exports.put_document(crm_told.HISTORY, "users.json", _answer(*_users(language)))
    before: dict[str, Row] = {}
    for day, listed in crm_told.listings(company, told):
        rows = [listing.row(_deal(listing)) for listing in listed]
        before = crm_told.mark_repeats(rows, before)
        _put_list(company, exports, crm_told.DEALS, f"deals_{local(day):%Y-%m-%d}", rows)
    cards = [card.row(_contact(card)) for card in crm_told.cards(company, told)]
    _put_list(company, exports, crm_told.CONTACTS, "contacts", cards)


def _put_list(company: Company, exports: Exports, source: str, name: str, rows: list[Row]) -> None:
    parts = [
        (_answer([row.content for row in page], len(rows)), page)
        for page in crm_told.pages(company, rows, PAGE_SIZE)
    ]
    crm_told.put_pages(exports, source, name, parts)


def _answer(result: Any, total: int) -> dict[str, Any]:
    return {"result": result, "total": total, "time": {"operating": 0}}


def _stage_id(move: Move) -> str:
    return STAGE_IDS.get(move.stage) or LOSS_IDS[move.deal.reason or "silent"]


def _semantic(move: Move) -> str:
    return SEMANTICS.get(crm_told.KIND_OF[move.stage], "P")


def _category(stage: str) -> int:
    return int(stage[1]) if ":" in stage else 0


def _change(move: Move) -> dict[str, Any]:
    stage, ends = _stage_id(move), _semantic(move) != "P"
    return {
        "ID": move.number,
        "TYPE_ID": 1 if move.stage == "deal_created" else 3 if ends else 2,
        "OWNER_ID": move.deal.crm_id,
        "CREATED_TIME": local(move.at).isoformat(),
        "CATEGORY_ID": _category(stage),
        "STAGE_SEMANTIC_ID": _semantic(move),
        "STAGE_ID": stage,
    }


def _deal(listing: Listing) -> dict[str, Any]:
    deal, ended = listing.deal, listing.ended
    last = listing.life[-1]
    return {
        "ID": str(deal.crm_id),
        "TITLE": f"Кухня {deal.crm_id}",
        "DATE_CREATE": local(listing.life[0].at).isoformat(),
        "CATEGORY_ID": str(_category(_stage_id(last))),
        "STAGE_ID": _stage_id(last),
        "STAGE_SEMANTIC_ID": _semantic(last),
        "CLOSEDATE": local(ended.at).isoformat() if ended else "",
        "LEAD_ID": None,
        "COMPANY_ID": "0",
        "CONTACT_ID": str(listing.card) if listing.card else None,
        "ASSIGNED_BY_ID": str(USERS + deal.manager),
        "OPPORTUNITY": f"{listing.amount}.00",
        "CURRENCY_ID": "RUB",
        OWN_FIELDS[GA]: listing.ga or None,
        OWN_FIELDS[YM]: listing.ym or None,
        OWN_FIELDS[ORDER]: listing.order or None,
    }


def _contact(card: Card) -> dict[str, Any]:
    def several(value: str) -> dict[str, Any]:
        return {"ID": str(card.number), "VALUE_TYPE": "WORK", "VALUE": value}

    record: dict[str, Any] = {
        "ID": str(card.number),
        "DATE_CREATE": local(card.created).isoformat(),
        "PHONE": [several(card.phone)],
    }
    # A field of several values is left out where it has none.
    return record | ({"EMAIL": [several(card.email)]} if card.email else {})


def _stages(language: Language) -> tuple[list[dict[str, Any]], int]:
    known = [
        (STAGE_IDS[stage], names[language], SEMANTICS.get(crm_told.KIND_OF[stage]))
        for stage, names in crm_told.STAGES.items()
        if stage in STAGE_IDS
    ]
    known += [(LOSS_IDS[reason], names[language], "F") for reason, names in REASONS.items()]
    rows = [
        {
            "ID": str(100 + number),
            "ENTITY_ID": f"DEAL_STAGE_{_category(id)}" if _category(id) else "DEAL_STAGE",
            "STATUS_ID": id,
            "NAME": name,
            "SORT": str(10 * number),
            "SEMANTICS": semantic,
        }
        for number, (id, name, semantic) in enumerate(known, 1)
    ]
    return rows, len(rows)


def _users(language: Language) -> tuple[list[dict[str, Any]], int]:
    rows = [
        {"ID": str(USERS + number), "ACTIVE": True, "NAME": names[language], "LAST_NAME": None}
        for number, names in enumerate(MANAGERS)
    ]
    return rows, len(rows)
