"""Propose what happened: the column of event names, or one name for the whole file."""

from __future__ import annotations

import re

from journeyflow.check.answers import map_as_said
from journeyflow.check.draft import Draft
from journeyflow.check.masking import plain
from journeyflow.check.names import NAMED, name_score, words
from journeyflow.check.profile import Column
from journeyflow.spelling import toml

MOST_KINDS = 200
MOST_NAMED_KINDS = 50
FEW_DIGITS = 4
MOST_LISTED = 4
CODED = re.compile(r"[a-zа-яё]+([_.][a-zа-яё0-9]+)+")
LONGEST_KIND = 80
EVENT = re.compile(
    r"view|visit|click|purchas|order|checkout|cart|sign|log.?in|regist|call|lead|form|submit|open|"
    r"session|start|search|page|screen|pay|install|subscri|download|add|remove|contact|mail|quote|"
    r"deal|contract|refund|return|chat|meeting|просмотр|визит|клик|покупк|заказ|корзин|регистр|вход|"
    r"звон|заявк|форм|оплат|открыт|поиск|подпис|скач|встреч|замер|договор|отправ|доставк|консульт|"
    r"оформл|чат|письм|обращен|продаж|сделк|aufruf|besuch|klick|buchung|bestell|kauf|anfrage|anruf|"
    r"anmeld|warenkorb",
    re.IGNORECASE,
)
#: Identifiers that things have of one kind only.
KIND_IDS = ("order_id", "receipt_id")
ANY_TYPE = ("type", "тип", "typ")
#: Columns that may hold such words too, as their names say.
OTHERS = (
    "channel", "product", "device", "region", "owner", "direction", "utm_source", "utm_medium",
    "utm_campaign", "loss_reason",
)  # fmt: skip
PAGE_NAMES = (
    "page", "screen", "страница", "экран", "page name", "screen name", "page title", "seite",
)  # fmt: skip


def settle_kind(draft: Draft, stem: str, reason: str = "") -> None:
    """Choose the column of event names; else name all rows by `stem`, the file's name, and say why.

    Where nothing but that name speaks for it, and a column may say what happened, that is asked;
    `reason` is what else speaks for it.
    """
    if draft.said("kind"):
        map_as_said(draft, "kind", draft.said("kind"))
        return
    column = kind_column(draft)
    if column:
        draft.map(column, "kind", f"{column.distinct} event names")
        return
    pages = [each for each in draft.free() if _is_page(each)]
    if pages:
        draft.map(pages[0], "touchpoint", f"{pages[0].distinct} pages by name")
    is_page = bool(pages) or "url" in draft.columns
    kind = draft.constants["kind"] = "page_view" if is_page else stem
    reason = reason or _reason(draft, stem, is_page)
    named = [
        each.name
        for each in draft.free()
        if 1 < each.distinct <= MOST_NAMED_KINDS and not _is_another(each)
    ]
    if not reason and named:
        draft.ask(
            "kind",
            "what is a row of this file? No column says for sure what happened. Name the column "
            "that does, or say in a word what every row is",
            [
                f"kind = {{ value = {toml(kind)} }}",
                *(f"kind = {toml(e)}" for e in named[:MOST_LISTED]),
            ],
        )
        return
    hint = "change the value if a row is something else"
    if named:
        listed = ", ".join(repr(plain(each)) for each in named[:MOST_LISTED])
        hint = f'if a column says what happened, perhaps one of {listed}, write kind = "its name"'
    reason = draft.reasons["kind"] = reason or "the file is named so"
    draft.notes.append(
        f"no column holds event names for sure: every row becomes an event {kind!r}, since "
        f"{reason}; {hint}"
    )
    for column in draft.free():
        if name_score("state", column.name) >= NAMED and 1 < column.distinct <= MOST_KINDS:
            draft.notes.append(
                f"{plain(column.name)!r} is the state that a row is in, and is kept as an "
                "attribute. If every row of the file is one change of state at its own time, use "
                "it as kind instead"
            )


def kind_column(draft: Draft) -> Column | None:
    """The free column that most likely names events, None where none does."""
    column = max(draft.free(), key=_score, default=None)
    return column if column and _score(column) > 0 else None


def _reason(draft: Draft, stem: str, is_page: bool) -> str:
    """What speaks for one kind of all rows, "" where nothing does."""
    if is_page:
        return "each row is of a page"
    if EVENT.search(stem):
        return "the file's name says what its rows are"
    ids = [type for type in KIND_IDS if type in draft.identifiers]
    return f"each row has an {ids[0]}" if ids else ""


def _score(column: Column) -> float:
    """How likely the column names events: by its name, and by how many values say an event."""
    if (
        not 1 <= column.distinct <= min(MOST_KINDS, max(20, 0.2 * column.filled))
        or column.longest > LONGEST_KIND
        or column.share(lambda v: v.replace(".", "").replace("-", "").isdigit()) > 0.5
        or name_score("state", column.name) >= NAMED
        or _is_page(column)
    ):
        return 0.0
    known = sum(n for value, n in column.top if _says_event(value)) / column.filled
    if words(column.name) in ANY_TYPE and known < 0.2:
        return 0.0
    # Names such as trial_booked are spelled by programmers, for events more than for anything.
    if column.distinct > 2:
        known = max(known, column.share(CODED.fullmatch))
    named = name_score("kind", column.name)
    if named >= 3 or (named > 1.5 and known >= 0.2):
        return named + known
    return known if known >= 0.6 and column.distinct > 1 and not _is_another(column) else 0.0


def _is_another(column: Column) -> bool:
    """Such words may stand in it, but its name says what else it holds."""
    return any(name_score(role, column.name) >= NAMED for role in OTHERS)


def _says_event(value: str) -> bool:
    """An event in words; in a hash any letters may stand together."""
    return sum(map(str.isdigit, value)) < FEW_DIGITS and EVENT.search(value) is not None


def _is_page(column: Column) -> bool:
    return words(column.name) in PAGE_NAMES and column.distinct <= 500
