"""Deals through the CRM's list of deal events: `;`, cp1251, `01.10.2026 14:05`, `240000,00`.

Flaws: the company's own number where the customer's belongs, an export that lags days behind,
rows that arrive with the next month's file, a later file with corrected amounts, and phone
numbers as people type them.
"""

from __future__ import annotations

from typing import NamedTuple

from journeyflow.simulate.acts import Act, Deal
from journeyflow.simulate.clock import DAY, local, month
from journeyflow.simulate.company import (
    CITIES,
    DEAL,
    EMAIL,
    GA,
    LINES,
    MANAGERS,
    ORDER,
    OWN_NUMBER,
    PHONE,
    REASONS,
    SHOWROOMS,
    YM,
    Language,
)
from journeyflow.simulate.lenses.files import Exports, Row, row_of
from journeyflow.simulate.people import Person
from journeyflow.simulate.world import Company

SOURCE = "crm"
HEADER = (
    "Номер",
    "Дата",
    "Событие",
    "Сделка",
    "Договор",
    "Телефон",
    "E-mail",
    "ClientID",
    "YandexID",
    "Ответственный",
    "Линейка",
    "Салон",
    "Город",
    "Сумма",
    "Валюта",
    "Причина отказа",
)
AMOUNT = HEADER.index("Сумма")
KINDS = (
    "deal_created",
    "measurement",
    "offer_sent",
    "contract_signed",
    "deal_lost",
    "installation",
    "service_visit",
    "recommendation",
)
DELIMITER, ENCODING = ";", "cp1251"
LATE_BY = 12 * DAY


def write(company: Company, exports: Exports, language: Language) -> None:
    """Add the source's files to `exports`."""
    period = company.period
    months: dict[str, list[Row]] = {name: [] for name in period.months}
    corrections: list[Row] = []
    until = exported_until(company)
    for act in company.acts:
        if act.kind not in KINDS or act.deal is None or act.at >= until:
            continue
        row = _row(company, act, act.deal, language)
        slipped = slips(company, act)
        entered = min(act.at + LATE_BY * slipped.late, period.end - 1)
        if month(entered) != month(act.at):
            row.note = "late"
        if act.kind == "offer_sent" and slipped.mistyped:
            corrections.append(_corrected(row))
        months[month(entered)].append(row)
    for name, rows in months.items():
        _put(exports, f"deals_{name}.csv", rows)
    if corrections:
        _put(exports, "deals_corrections.csv", corrections)


class Slips(NamedTuple):
    """What went wrong when an act was entered: it was late, the amount was mistyped."""

    late: bool
    mistyped: bool


def slips(company: Company, act: Act) -> Slips:
    """What went wrong when this act was entered."""
    dice, share = company.dice("crm", act.number), company.faults.late_share
    return Slips(dice.chance(share), dice.chance(share))


def exported_until(company: Company) -> int:
    """The moment after which nothing has been exported yet."""
    return company.period.end - company.faults.lag_days * DAY


def _put(exports: Exports, name: str, rows: list[Row]) -> None:
    exports.put_table(SOURCE, name, HEADER, rows, delimiter=DELIMITER, encoding=ENCODING)


def _row(company: Company, act: Act, deal: Deal, language: Language) -> Row:
    person = company.people[deal.person]
    measured_without_owner = act.kind == "measurement" and not company.faults.measurement_owned
    priced = act.kind in {"offer_sent", "contract_signed"}
    signed = act.kind == "contract_signed"
    ga, ym = counters_of(deal)
    reason = deal.reason if act.kind == "deal_lost" else None
    event_id = str(500_000 + act.number)
    content = [
        event_id,
        local(act.at).strftime("%d.%m.%Y %H:%M"),
        act.kind,
        deal.deal_id,
        deal.order_id if signed else "",
        phone_of(person, deal),
        typed_email(person, deal),
        ga,
        ym,
        "" if measured_without_owner else MANAGERS[deal.manager][language],
        LINES[deal.line].names[language],
        SHOWROOMS[deal.showroom][language],
        CITIES[person.city][0][language],
        f"{deal.amount},00" if priced else "",
        "RUB" if priced else "",
        REASONS[reason][language] if reason else "",
    ]
    return row_of(act, content, _ids(person, deal, ga, ym, signed=signed), event_id=event_id)


def counters_of(deal: Deal) -> tuple[str, str]:
    """The ids of the first and of the second counter that came with the request, or ""."""
    browser = deal.browser
    ga = browser.ga if browser and browser.consents and browser.ga_works else ""
    return ga, browser.ym if browser and browser.ym_works else ""


def phone_of(person: Person, deal: Deal) -> str:
    """The number that stands where the customer's belongs, as somebody typed it."""
    return typed_phone(OWN_NUMBER[1:] if deal.own_number else person.phone, deal.number)


def _ids(person: Person, deal: Deal, ga: str, ym: str, *, signed: bool) -> list[tuple[str, str]]:
    ids = [(DEAL, deal.deal_id)]
    if not deal.own_number:
        ids.append((PHONE, person.phone))
    if deal.has_email:
        ids.append((EMAIL, person.email))
    if ga and deal.browser is not None and not deal.browser.shared:
        ids.append((GA, ga))
    if ym and deal.browser is not None and not deal.browser.shared:
        ids.append((YM, ym))
    if signed:
        ids.append((ORDER, deal.order_id))
    return ids


def typed_phone(digits: str, habit: int) -> str:
    """A Russian number of 11 digits as one of the ways in which people type it."""
    area, rest = digits[1:4], digits[4:]
    dashed = f"{rest[:3]}-{rest[3:5]}-{rest[5:]}"
    return (
        f"+7 ({area}) {dashed}",
        f"8 {area} {dashed}",
        digits,
        f"8({area}){rest}",
    )[habit % 4]


def typed_email(person: Person, deal: Deal) -> str:
    """The address, sometimes with a capital letter as a phone's keyboard begins."""
    if not deal.has_email:
        return ""
    return person.email.capitalize() if deal.number % 6 == 0 else person.email


def _corrected(row: Row) -> Row:
    """The offer's amount was mistyped at first: the file at hand is wrong, the later is right."""
    right = row.again("corrected", list(row.content))
    row.content[AMOUNT] = row.content[AMOUNT].replace(",00", "0,00")
    row.note = "superseded"
    return right
