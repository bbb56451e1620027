"""Propose what tells people apart, and leave out what is personal and identifies nobody."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from journeyflow.check.answers import AS_SAID, column_as_said
from journeyflow.check.draft import Draft
from journeyflow.check.masking import PHONE, plain
from journeyflow.check.names import NAMED, PHRASES, TELLING, name_score, words
from journeyflow.check.profile import Column
from journeyflow.identity.normalise import Normalised, normalise_cell
from journeyflow.identity.types import IdClass
from journeyflow.spelling import toml

EMAIL = re.compile(r"(?:mailto:|.*<)?[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+>?")
UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
PERSON_NAME = re.compile(r"[^\W\d_][^\W\d_'’.-]+(?: [^\W\d_][^\W\d_'’.-]*\.?){1,3}")
TOKEN = re.compile(r"[#\w.:@+/=-]{1,128}")
ORDER_MARK = re.compile(r"#\d+")
#: At least seven digits, and what people write between and around them.
NUMBERS = re.compile(
    r"(?=(?:\D*\d){7})(?:[\d\s'+().,;/|:*#\u00a0-]|tel|sip|ext|доб|[xх]){7,80}", re.IGNORECASE
)
GROUPED = re.compile(r"^'*\+|\d[ ()-]+\d")  # written as nobody writes a plain number
SHAPED = 0.9
MAYBE = 0.5
SOME = 0.05
TYPES = tuple(role.removeprefix("id:") for role in PHRASES if role.startswith("id:"))
BY_VALUE = ("email", "phone")
ROW_IDS = ("visit_id", "order_id", "deal_id", "call_id", "receipt_id")
GA = re.compile(r"(?:GA\d\.\d(?:-\d+)?\.)?\d{6,}\.\d{6,}")
METRICA_WORDS = frozenset(["ym", "metrika", "metrica", "метрики", "yandex", "яндекс"])
METRICA = re.compile(r"\d{16,20}")
SHORT_NUMBER = re.compile(r"\d{1,9}")
MOST_CHOICES = 6
FEW_ROWS = 20
USED = ("occurred_at", "kind", "url", "referrer", "value", "currency", "channel", "utm")
PRIVATE_WHY = {
    "name": "a name, which identifies nobody and stays out of the ledger",
    "text": "personal or free text, which stays out of the ledger",
    "own_number": "the company's own number, which identifies a campaign and no customer",
}


def phone_share(column: Column, region: str | None, mobile: bool = False) -> float:
    """Share of the sampled values in which the numbering plan knows a number (or a mobile)."""

    def is_known(value: str) -> bool:
        found = normalise_cell("phone", value, region)
        numbers = [each for each in found if isinstance(each, Normalised)]
        return any(not mobile or each.effective_class is IdClass.MERGE for each in numbers)

    return column.share(is_known, at_most=200)


def looks_like_phones(column: Column, region: str | None) -> bool:
    """Named as phones and with enough digits, or phones beyond doubt whatever the name."""
    if name_score("id:phone", column.name) >= NAMED:
        return column.share(NUMBERS.fullmatch) >= MAYBE
    return (
        column.share(PHONE.fullmatch) >= SHAPED
        and column.share(GROUPED.search) >= SHAPED
        and phone_share(column, region) >= SHAPED
    )


def find_region(column: Column, zone: str | None) -> str | None:
    """The country of the zone whose plan knows the numbers without a country code."""
    # Some plans know nearly any digits as a landline; customers leave mobiles.
    fitting = (
        each for each in _regions_of(zone) if phone_share(column, each, mobile=True) >= MAYBE
    )
    return next(fitting, None)


@lru_cache(maxsize=8)
def _regions_of(zone: str | None) -> tuple[str, ...]:
    """Countries that use the zone, the main one first (tzdata's zone1970.tab)."""
    table = (files("tzdata") / "zoneinfo" / "zone1970.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        cells = line.split("\t")
        if not line.startswith("#") and len(cells) > 2 and cells[2] == zone:
            return tuple(cells[0].split(","))
    return ()


def settle_people(draft: Draft) -> None:
    """Choose identifier columns by values first, by names second."""
    for type, name in draft.context.answers.get("identifiers", {}).items():
        draft.identify(column_as_said(draft, name), type, AS_SAID, 1.0)
    emails = [each for each in draft.free() if each.share(EMAIL.fullmatch) >= MAYBE]
    for column in _one_of(draft, emails, "email"):
        draft.identify(column, "email", "e-mail addresses", column.share(EMAIL.fullmatch))
    _private(draft)
    _either(draft)
    _phones(draft)
    _named_ids(draft)


def _one_of(draft: Draft, columns: list[Column], type: str) -> list[Column]:
    """The column that is named and filled best, if any; the others are left out."""
    ranked = sorted(columns, key=lambda each: (-name_score(f"id:{type}", each.name), -each.fill))
    said = draft.identifiers.get(type)
    for column in ranked if said else ranked[1:]:
        both = toml([said or ranked[0].name, column.name])
        draft.leave(column, f"also {type}s; if they are the customer's too: {type} = {both}", type)
    return [] if said else ranked[:1]


def _either(draft: Draft) -> None:
    """A column that holds a phone here and an e-mail address there is read as both."""
    if {"email", "phone"} & draft.identifiers.keys():
        return
    for column in draft.free():
        shares = column.share(EMAIL.fullmatch), column.share(NUMBERS.fullmatch)
        if min(shares) >= SOME and sum(shares) >= SHAPED:
            _settle_region(draft, column)
            for type in BY_VALUE:
                draft.identify(column, type, "a phone or an e-mail address", sum(shares))
            return


def _private(draft: Draft) -> None:
    """Names and free text are personal whatever they hold; `#1001` under "Name" is an order."""
    for column in draft.free():
        if column.share(ORDER_MARK.fullmatch) >= SHAPED:
            continue
        role = max(PHRASES, key=lambda each: name_score(each, column.name))
        score = name_score(role, column.name)
        if role in PRIVATE_WHY and score >= (3 if role == "name" else NAMED):
            draft.leave(column, PRIVATE_WHY[role], "phone" if role == "own_number" else role)
        elif (
            role.startswith("id:")
            and score >= NAMED
            and column.distinct > 2
            and column.share(PERSON_NAME.fullmatch) >= MAYBE
        ):
            draft.leave(column, PRIVATE_WHY["name"], "name")


def _phones(draft: Draft) -> None:
    region = draft.context.region
    columns = [each for each in draft.free() if looks_like_phones(each, region)]
    sure = [each for each in columns if phone_share(each, region) >= MAYBE]
    for column in _one_of(draft, sure or columns, "phone"):
        if not sure and not region:
            region = _settle_region(draft, column)
        elif not sure:
            break
        why = f"phone numbers, valid as {region}" if draft.region else "phone numbers"
        draft.identify(column, "phone", why, phone_share(column, region))
    for column in columns:
        if column.name not in draft.taken:
            draft.leave(column, "not valid as phone numbers", "phone")


def _settle_region(draft: Draft, column: Column) -> str | None:
    """Whose numbers they are that have no country code: as the zone says, else it is asked."""
    if draft.context.region:
        return draft.context.region
    draft.region = find_region(column, draft.context.zone)
    if draft.region is None:
        draft.ask(
            "region",
            f"the phones in {plain(column.name)!r} have no country code: which country's are they?",
            ['[identity] region = "XX"'],
        )
    return draft.region


def _named_ids(draft: Draft) -> None:
    """The best named column for each type; a column that lost one type may be the next one's."""
    pairs = [
        (score, -column.place, type, column)
        for column in draft.free()
        # One value all over is an account or a counter, unless the file is tiny.
        if column.share(TOKEN.fullmatch) >= SHAPED
        and (column.distinct > 1 or column.rows <= FEW_ROWS)
        for type, score in _types_of(column).items()
        if score >= NAMED
    ]
    for _, _, type, column in sorted(pairs, reverse=True, key=lambda pair: pair[:2]):
        if type in draft.identifiers or column.name in draft.taken:
            continue
        marked = column.share(ORDER_MARK.fullmatch) >= SHAPED
        evidence = "numbers such as #1001" if marked else "by its name"
        why = f"{evidence}; {column.distinct:,} different in {column.filled:,} rows"
        draft.identify(column, type, why, column.share(TOKEN.fullmatch))


def _types_of(column: Column) -> dict[str, float]:
    """How well the column's name says each type, corrected by what its values look like."""
    if column.share(ORDER_MARK.fullmatch) >= SHAPED:
        return {"order_id": 3.0}
    scores = {t: name_score(f"id:{t}", column.name) for t in TYPES if t not in BY_VALUE}
    best = max(scores.values())
    if max(name_score("kind", column.name), name_score("event_id", column.name)) > best:
        return {}
    web = max(scores[each] for each in ("client_id", "customer_id", "ga_client_id"))
    if web >= NAMED and column.share(GA.fullmatch) >= SHAPED:
        return {"ga_client_id": web}
    said = set(words(column.name).split())
    if column.share(METRICA.fullmatch) < SHAPED:
        scores["ym_client_id"] = 0.0
    elif said & METRICA_WORDS and "client" in said:
        return {"ym_client_id": best}
    if scores["client_id"] == best and column.share(SHORT_NUMBER.fullmatch) >= SHAPED:
        return {"customer_id": best}
    return scores


def settle_row_id(draft: Draft) -> None:
    """Find the row's own id: without one a row that changed is a second event.

    A wrong one would let rows replace each other, so only a plain name will do, or the number
    of an order, deal or call in a file where every row is one.
    """
    ids = (e for e in draft.free() if e.unique and e.share(TOKEN.fullmatch) >= SHAPED)
    column = draft.named("event_id", 3, ids)
    if column:
        draft.map(column, "event_id", "different in every row")
        return
    for type in ROW_IDS if "kind" in draft.constants else ():
        name = draft.identifiers.get(type)
        if name and draft.column(name).unique:
            draft.map(draft.column(name), "event_id", "different in every row")
            draft.notes.append(
                f"{plain(name)!r} differs in every row and is taken for the row's own id too: a "
                "later row with the same one replaces the earlier. If it may come again as "
                "another event, remove event_id"
            )
            return


def ask_who(draft: Draft) -> bool:
    """Where nothing was recognised as an identifier, offer what might be one; False without any."""
    fits = [
        each
        for each in draft.all_columns
        if each.distinct > 1
        and not (draft.becomes(each) or "").startswith(USED)
        and not name_score("name", each.name)
        and each.share(TOKEN.fullmatch) >= SHAPED
        and (set(words(each.name).split()) & TELLING["id"] or each.share(UUID.fullmatch) >= SHAPED)
    ]
    lines = {each.name: f"{type} = {toml(each.name)}" for type, each in draft.perhaps_people}
    lines |= {e.name: f"user_id = {toml(e.name)}" for e in fits if e.name not in lines}
    if lines:
        draft.ask(
            "identifiers",
            "which of these columns tells people apart? None says so by its name or its values",
            [*lines.values()][:MOST_CHOICES],
        )
    return bool(lines)
