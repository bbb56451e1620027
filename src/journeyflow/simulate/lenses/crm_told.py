"""What the APIs of CRM systems tell alike: moves between stages, lists of deals and of contacts.

Flaws: an export that lags days behind, pages that overlap, two cards of one customer, cards with
the company's own number, deals without a card, a listing of deals with mistyped amounts that the
next one corrects, and lost deals that somebody archived all at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journeyflow.simulate.acts import Act, Deal
from journeyflow.simulate.clock import DAY, HOUR
from journeyflow.simulate.company import DEAL, EMAIL, GA, ORDER, PHONE, YM, Names
from journeyflow.simulate.lenses import crm
from journeyflow.simulate.lenses.files import Exports, Identifier, Row, person_key
from journeyflow.simulate.world import Company

HISTORY, DEALS, CONTACTS = crm.SOURCE, f"{crm.SOURCE}_deals", f"{crm.SOURCE}_contacts"
CONTACT = "crm_contact"
ARCHIVED = "archived"
# What the CRM calls a stage; touchpoint rules give it the company's own name.
STAGES: Mapping[str, Names] = {
    "deal_created": {"ru": "Новая", "en": "New"},
    "measurement": {"ru": "Замер проведён", "en": "Measured"},
    "offer_sent": {"ru": "КП у клиента", "en": "Quoted"},
    "contract_signed": {"ru": "Договор подписан", "en": "Signed"},
    "deal_lost": {"ru": "Отказ", "en": "Refused"},
    "installation": {"ru": "Кухня стоит", "en": "Fitted"},
    "service_visit": {"ru": "Вызов мастера", "en": "Repair"},
    "recommendation": {"ru": "Советует нас", "en": "Recommends us"},
    ARCHIVED: {"ru": "Архив", "en": "Archive"},
}
# Whoever has signed moves on to another pipeline, and so does what is archived.
PIPELINES: Sequence[tuple[Names, tuple[str, ...]]] = (
    (
        {"ru": "Продажа", "en": "Sale"},
        ("deal_created", "measurement", "offer_sent", "contract_signed", "deal_lost"),
    ),
    (
        {"ru": "После договора", "en": "After the contract"},
        ("installation", "service_visit", "recommendation"),
    ),
    ({"ru": "Архив", "en": "Archive"}, (ARCHIVED,)),
)
PIPELINE_OF = {stage: n for n, (_, stages) in enumerate(PIPELINES) for stage in stages}
KIND_OF = dict.fromkeys(STAGES, "stage_changed") | {
    "contract_signed": "deal_won",
    "deal_lost": "deal_lost",
}
HEAD_OF_SALES: Names = {"ru": "Яковлева", "en": "Yakovleva"}
ARCHIVED_BEFORE = 4 * DAY + 6 * HOUR  # before the end of the export: on an evening
CARDS, TWINS = 70_000, 90_000
LISTED_BEFORE = 14 * DAY  # how long before the last listing of deals another one was made


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """A deal enters a stage; `act` is what truly happened then, if anything did."""

    number: int
    at: int
    deal: Deal
    stage: str
    act: Act | None

    def row(self, content: Any, event_id: str) -> Row:
        """The record of the move."""
        return Row(
            content,
            self.at,
            KIND_OF[self.stage],
            person_key(self.deal.person),
            touch=self.act.touch if self.act else "",
            act=self.act.number if self.act else None,
            event_id=event_id,
            note="" if self.act else ARCHIVED,
            ids=((DEAL, str(self.deal.crm_id)),),
        )


@dataclass(frozen=True, slots=True)
class Listing:
    """A deal as the list of deals shows it at one moment: `life` are its moves until then."""

    deal: Deal
    life: Sequence[Move]
    card: int | None
    amount: int
    order: str
    ga: str
    ym: str

    @property
    def stands(self) -> str:
        """The stage that it is in."""
        return self.life[-1].stage

    @property
    def ended(self) -> Move | None:
        """The move that won or lost it."""
        return next((move for move in self.life if KIND_OF[move.stage] != "stage_changed"), None)

    def row(self, content: Any) -> Row:
        """The record of the deal, which says who its customer is."""
        act, browser = self.life[0].act, self.deal.browser
        ids: list[Identifier] = [(DEAL, str(self.deal.crm_id))]
        ids += [(CONTACT, str(self.card))] if self.card else []
        if browser is not None and not browser.shared:
            ids += [each for each in ((GA, self.ga), (YM, self.ym)) if each[1]]
        ids += [(ORDER, self.order)] if self.order else []
        return Row(
            content,
            self.life[0].at,
            "deal_created",
            person_key(self.deal.person),
            touch=act.touch if act else "",
            act=act.number if act else None,
            event_id=str(self.deal.crm_id),
            ids=tuple(ids),
        )


@dataclass(frozen=True, slots=True)
class Card:
    """A contact."""

    number: int
    created: int
    phone: str
    email: str
    person: int
    ids: tuple[Identifier, ...]
    note: str = ""

    def row(self, content: Any) -> Row:
        """The record of the contact."""
        kind, person = "contact_created", person_key(self.person)
        ids = ((CONTACT, str(self.number)), *self.ids)
        name, note = str(self.number), self.note
        return Row(content, self.created, kind, person, event_id=name, note=note, ids=ids)


def moves(company: Company) -> list[Move]:
    """All moves that are exported, in order of time."""
    until = crm.exported_until(company)
    told = [
        (act.at, act.deal, act.kind, act)
        for act in company.acts
        if act.kind in crm.KINDS and act.deal is not None and act.at < until
    ]
    tidied = until - ARCHIVED_BEFORE
    archived = _archived(company, tidied) if company.faults.planted else []
    both = [*told, *((tidied, deal, ARCHIVED, None) for deal in archived)]
    both.sort(key=lambda each: each[0])
    return [Move(number, *each) for number, each in enumerate(both, 800_000)]


def _archived(company: Company, until: int) -> list[Deal]:
    """Lost deals of customers who have done nothing since, as far as anybody can tell."""
    last = {act.person: act for act in company.acts if act.at < until and act.kind != "email_sent"}
    lost = [act.deal for act in last.values() if act.kind == "deal_lost" and act.deal]
    return [deal for deal in lost if not (deal.browser and deal.browser.shared)]


def listed_until(company: Company) -> tuple[int, ...]:
    """The moments up to which lists were exported, one after another."""
    end = crm.exported_until(company)
    return (end - LISTED_BEFORE, end) if company.faults.planted else (end,)


def listings(company: Company, told: Sequence[Move]) -> Iterator[tuple[int, list[Listing]]]:
    """Each listing of the deals: the last day that it shows, and the deals, the oldest first."""
    lives: dict[Deal, list[Move]] = {}
    for move in told:
        lives.setdefault(move.deal, []).append(move)
    end = crm.exported_until(company)
    for until in listed_until(company):
        known = [(deal, [m for m in life if m.at < until]) for deal, life in lives.items()]
        rows = [_listed(company, deal, life, early=until < end) for deal, life in known if life]
        yield until - DAY, rows


def _listed(company: Company, deal: Deal, life: Sequence[Move], *, early: bool) -> Listing:
    stages = {move.stage: move.act for move in life}
    offer = stages.get("offer_sent")
    tenfold = early and offer is not None and crm.slips(company, offer).mistyped
    ga, ym = crm.counters_of(deal)
    return Listing(
        deal,
        life,
        card=card_of(deal),
        amount=deal.amount * (10 if tenfold else 1) if offer else 0,
        order=deal.order_id if "contract_signed" in stages else "",
        ga=ga,
        ym=ym,
    )


def card_of(deal: Deal) -> int | None:
    """The number of the customer's card; None where nothing on it would tell the customer."""
    return None if deal.own_number and not deal.has_email else CARDS + deal.number


def cards(company: Company, told: Sequence[Move]) -> list[Card]:
    """All contacts, the oldest first."""
    found = []
    for move in told:
        deal, person = move.deal, company.people[move.deal.person]
        number = card_of(deal)
        if move.stage != "deal_created" or number is None:
            continue
        phone = () if deal.own_number else ((PHONE, person.phone),)
        email = ((EMAIL, person.email),) if deal.has_email else ()
        typed = crm.phone_of(person, deal), crm.typed_email(person, deal)
        found.append(Card(number, move.at, *typed, deal.person, (*phone, *email)))
        if company.faults.planted and phone and deal.number % 9 == 4:
            # Whoever took a call typed the number in another way, and did not look it up.
            again = crm.typed_phone(person.phone, deal.number + 1)
            number, at = TWINS + deal.number, move.at + HOUR
            found.append(Card(number, at, again, "", deal.person, phone, "second_card"))
    return found


def mark_repeats(rows: Sequence[Row], before: Mapping[str, Row]) -> dict[str, Row]:
    """Note of two listings what the later one repeats or replaces; gives it for the next one."""
    for row in rows:
        old = before.get(row.event_id)
        if old is None:
            continue
        if old.content == row.content:
            row.note = "duplicate"
        else:
            old.note = "superseded"
    return {row.event_id: row for row in rows}


def pages(company: Company, rows: Sequence[Row], size: int) -> list[list[Row]]:
    """Rows by pages. A list that grows while it is fetched shows the last row of a page again."""
    repeats = int(company.faults.planted)
    found = [list(rows[:size])]
    while (at := sum(map(len, found)) - repeats * (len(found) - 1)) < len(rows):
        again = [row.again("duplicate") for row in rows[at - repeats : at]]
        found.append([*again, *rows[at : at + size - repeats]])
    return found


def put_pages(
    exports: Exports, source: str, name: str, parts: Sequence[tuple[Any, Sequence[Row]]]
) -> None:
    """A file for each answer, with the rows that it holds."""
    for number, (answer, rows) in enumerate(parts, 1):
        exports.put_document(source, f"{name}_page{number:02d}.json", answer, rows)
