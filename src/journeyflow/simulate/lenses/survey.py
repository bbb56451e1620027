"""The same answers as a form exports them: CSV, one row per response, one column per question.

Flaws: the staff tries the form out and praises itself in it, and what was only a preview is kept.
"""

from __future__ import annotations

from typing import Any

from journeyflow.simulate.acts import Act
from journeyflow.simulate.clock import DAY, HOUR, moment
from journeyflow.simulate.company import DEAL, OWN_NUMBER, PHONE, Language, Names
from journeyflow.simulate.lenses.feedback import SOURCE, answered_acts, deal_of
from journeyflow.simulate.lenses.files import Exports, Row, row_of
from journeyflow.simulate.places import PLACES
from journeyflow.simulate.world import Company

DELIMITER = ";"
VISIT: Names = {"ru": "Как прошёл визит в салон?", "en": "How was your visit to the showroom?"}
RECOMMEND: Names = {
    "ru": "Порекомендуете ли вы нас знакомым, от 0 до 10?",
    "en": "Would you recommend us to friends, from 0 to 10?",
}
WORDS: dict[int, Names] = {
    -2: {"ru": "Ужасно", "en": "Terrible"},
    -1: {"ru": "Плохо", "en": "Bad"},
    0: {"ru": "Нормально", "en": "Fair"},
    1: {"ru": "Хорошо", "en": "Good"},
    2: {"ru": "Отлично", "en": "Excellent"},
}
CUSTOMER: Names = {"ru": "Клиент", "en": "Customer"}
STAFF: Names = {"ru": "Сотрудник", "en": "Employee"}
OF_STAFF, PREVIEWS = 6, 2


def header(language: Language) -> tuple[str, ...]:
    """The columns of the form's export."""
    asked = (VISIT[language], RECOMMEND[language])
    return ("id", "submitted_at", "role", "about", *asked, "phone", "deal", "preview")


def write(company: Company, exports: Exports, language: Language, *, crm_api: bool = False) -> None:
    """Add the source's file to `exports`; `crm_api`: deals are numbered as the CRM's API does."""
    rows = [_row(company, act, at, language, crm_api) for act, at in answered_acts(company)]
    if company.faults.planted:
        own = [STAFF] * OF_STAFF + [CUSTOMER] * PREVIEWS
        rows += [
            _of_the_company(company, number, role[language], "" if role is STAFF else "yes")
            for number, role in enumerate(own)
        ]
    rows.sort(key=lambda row: (row.at, row.event_id))
    exports.put_table(SOURCE, "answers.csv", header(language), rows, delimiter=DELIMITER)


def _row(company: Company, act: Act, at: int, language: Language, crm_api: bool) -> Row:
    phone = company.people[act.person].phone
    event_id = f"A{act.number:07d}"
    after_visit = act.kind == "showroom_visit"
    deal = deal_of(act, crm_api=crm_api)
    content: list[Any] = [
        event_id,
        moment(at // HOUR * HOUR),
        CUSTOMER[language],
        PLACES[act.touch].names[language],
        WORDS[act.facts["mood"]][language] if after_visit else "",
        "" if after_visit else act.facts["nps"],
        f"+{phone}",
        deal,
        "",
    ]
    ids = [(PHONE, phone)] + ([(DEAL, deal)] if deal else [])
    row = row_of(act, content, ids, event_id=event_id)
    row.at, row.kind = at // HOUR * HOUR, "csat" if after_visit else "nps"
    return row


def _of_the_company(company: Company, number: int, role: str, preview: str) -> Row:
    at = company.period.start + number * DAY + 9 * HOUR
    name = f"B{number + 1:07d}"
    content = [name, moment(at), role, "", "", 10, f"+{OWN_NUMBER}", "", preview]
    return Row(content, at, "nps", "STAFF", event_id=name, note="technical")
