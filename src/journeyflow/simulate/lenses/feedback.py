"""Answers to short surveys after a showroom visit and after the installation, one CSV."""

from __future__ import annotations

from collections.abc import Iterator

from journeyflow.simulate.acts import Act
from journeyflow.simulate.clock import HOUR, moment
from journeyflow.simulate.company import (
    DEAL,
    PHONE,
    Language,
)
from journeyflow.simulate.lenses.files import Exports, Row, row_of
from journeyflow.simulate.places import (
    PLACES,
)
from journeyflow.simulate.world import Company

SOURCE = "feedback"
HEADER = (
    "answer_id",
    "responded_at",
    "kind",
    "score",
    "scale_min",
    "scale_max",
    "touchpoint",
    "phone",
    "deal",
)


def write(company: Company, exports: Exports, language: Language, *, crm_api: bool = False) -> None:
    """Add the source's file to `exports`; `crm_api`: deals are numbered as the CRM's API does."""
    rows = [
        _row(company, act, answered, language, crm_api) for act, answered in answered_acts(company)
    ]
    rows.sort(key=lambda row: (row.at, row.event_id))
    exports.put_table(SOURCE, "answers.csv", HEADER, rows)


def answered_acts(company: Company) -> Iterator[tuple[Act, int]]:
    """What customers were asked about and answered, each with the moment of the answer."""
    for act in company.acts:
        if not act.facts.get("answers") or act.facts.get("anonymous"):
            continue
        answered = act.at + act.facts["answers_after"]
        if answered < company.period.end:
            yield act, answered


def deal_of(act: Act, *, crm_api: bool) -> str:
    """The number of the act's deal, or nothing."""
    if act.deal is None:
        return ""
    return str(act.deal.crm_id) if crm_api else act.deal.deal_id


def _row(company: Company, act: Act, answered: int, language: Language, crm_api: bool) -> Row:
    phone = company.people[act.person].phone
    event_id = f"A{act.number:07d}"
    after_visit = act.kind == "showroom_visit"
    kind = "csat" if after_visit else "nps"
    score = act.facts["mood"] if after_visit else act.facts["nps"]
    low, high = (-2, 2) if after_visit else (0, 10)
    deal = deal_of(act, crm_api=crm_api)
    hour = answered // HOUR * HOUR
    touchpoint = PLACES[act.touch].names[language]
    content = [event_id, moment(hour), kind, score, low, high, touchpoint, f"+{phone}", deal]
    ids = [(PHONE, phone)] + ([(DEAL, deal)] if deal else [])
    row = row_of(act, content, ids, event_id=event_id)
    row.at, row.kind = hour, kind
    return row
