"""Contracts as the office lists its orders: CSV, each as it stands on the day of the export.

An order is drawn up with the offer. It is signed, or withdrawn when the deal is lost. Flaws: orders
that the staff made to try things out, goods that were paid for and given back, and a list of two
weeks before, in which some orders stood otherwise.
"""

from __future__ import annotations

from typing import NamedTuple

from journeyflow.simulate.acts import Act, Deal
from journeyflow.simulate.clock import DAY, HOUR, day, moment
from journeyflow.simulate.company import EMAIL, ORDER, OWN_NUMBER, PHONE, Language, Names
from journeyflow.simulate.lenses import crm
from journeyflow.simulate.lenses.crm_told import listed_until, mark_repeats
from journeyflow.simulate.lenses.files import Exports, Row, person_key
from journeyflow.simulate.world import Company

SOURCE = "orders"
HEADER = (
    "number",
    "created_at",
    "status",
    "total",
    "refunded_total",
    "cancelled_at",
    "is_test",
    "phone",
    "email",
)
SIGNED, DRAFT, WITHDRAWN = "paid", "open", "cancelled"
STATUSES: dict[str, Names] = {
    SIGNED: {"ru": "Подписан", "en": "Signed"},
    DRAFT: {"ru": "Черновик", "en": "Draft"},
    WITHDRAWN: {"ru": "Отозван", "en": "Withdrawn"},
}
KINDS = {SIGNED: "purchase", DRAFT: "order_placed", WITHDRAWN: "order_cancelled"}
# What never became a sale is the offer once more.
UNSIGNED = (KINDS[DRAFT], KINDS[WITHDRAWN])
GIVEN_BACK = 12_000  # for a hood that was returned
TESTS = 3


class Order(NamedTuple):
    """An order at one moment: its state, what dates it, and when it was withdrawn."""

    deal: Deal
    state: str
    dated: Act
    withdrawn: Act | None


def write(company: Company, exports: Exports, language: Language) -> None:
    """Add the source's files to `exports`."""
    before: dict[str, Row] = {}
    for until in listed_until(company):
        orders = _orders(company, until)
        returned = next((each.deal for each in orders if each.state == SIGNED), None)
        rows = [_row(company, each, language, returned=each.deal is returned) for each in orders]
        rows += [_test(company, number, language) for number in range(TESTS)]
        before = mark_repeats(rows, before)
        exports.put_table(SOURCE, f"orders_{day(until - DAY)}.csv", HEADER, rows)


def _orders(company: Company, until: int) -> list[Order]:
    lives: dict[Deal, dict[str, Act]] = {}
    for act in company.acts:
        if act.at < until and act.deal is not None:
            lives.setdefault(act.deal, {})[act.kind] = act
    found = []
    for deal, life in lives.items():
        if "offer_sent" in life:
            signed, lost = life.get("contract_signed"), life.get("deal_lost")
            state = SIGNED if signed else WITHDRAWN if lost else DRAFT
            found.append(Order(deal, state, signed or life["offer_sent"], lost))
    return found


def _row(company: Company, order: Order, language: Language, *, returned: bool) -> Row:
    deal, state, act, withdrawn = order
    person = company.people[deal.person]
    more = GIVEN_BACK if returned else 0
    content = [
        deal.order_id,
        moment(act.at),
        STATUSES[state][language],
        f"{deal.amount + more}.00",
        f"{more}.00" if more else "",
        moment(withdrawn.at) if withdrawn else "",
        "",
        crm.phone_of(person, deal),
        crm.typed_email(person, deal),
    ]
    ids = [(ORDER, deal.order_id)]
    ids += [] if deal.own_number else [(PHONE, person.phone)]
    ids += [(EMAIL, person.email)] if deal.has_email else []
    return Row(
        content,
        act.at,
        KINDS[state],
        person_key(deal.person),
        touch=act.touch,
        act=act.number,
        event_id=deal.order_id,
        ids=tuple(ids),
    )


def _test(company: Company, number: int, language: Language) -> Row:
    at = company.period.start + number * DAY + 10 * HOUR
    name = f"TEST-{number + 1}"
    status = STATUSES[SIGNED][language]
    content = [name, moment(at), status, "1.00", "", "", "yes", OWN_NUMBER, ""]
    return Row(content, at, "test order", "STAFF", event_id=name, note="technical")
