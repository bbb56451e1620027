"""Propose what happened: the column of event names, or one name for the whole file."""

from __future__ import annotations

import re

from journeyflow.check.answers import map_as_said
from journeyflow.check.draft import Draft
from journeyflow.check.masking import plain
from journeyflow.check.names import NAMED, name_score, words
from journeyflow.check.profile import Column

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
ANY_TYPE = ("type", "тип", "typ")
#: Columns that may hold such words too, as their names say.
OTHERS = (
    "channel", "product", "device", "region", "owner", "direction", "utm_source", "utm_medium",
    "utm_campaign", "loss_reason",
)  # fmt: skip
PAGE_NAMES = (
    "page", "screen", "страница", "экран", "page name", "screen name", "page title", "seite",
)  # fmt: skip


def settle_kind(draft: Draft, stem: str) -> None:
    """Choose the column of event names; else name all rows after the file and say so."""
    if draft.said("kind"):
        map_as_said(draft, "kind", draft.said("kind"))
        return
    column = max(draft.free(), key=_score, default=None)
    if column and _score(column) > 0:
        draft.map(column, "kind", f"{column.distinct} event names")
        return
    pages = [each for each in draft.free() if _is_page(each)]
    if pages:
        draft.map(pages[0], "touchpoint", f"{pages[0].distinct} pages by name")
    draft.constants["kind"] = "page_view" if pages or "url" in draft.columns else stem
    named = [
        each.name
        for each in draft.free()
        if 1 < each.distinct <= MOST_NAMED_KINDS and not _is_another(each)
    ]
    hint = "change the value to what a row is"
    if named:
        listed = ", ".join(repr(plain(each)) for each in named[:MOST_LISTED])
        hint = f'if a column says what happened, perhaps one of {listed}, write kind = "its name"'
    draft.notes.append(
        f"no column holds event names for sure: every row becomes an event "
        f"{draft.constants['kind']!r}; {hint}"
    )
    for column in draft.free():
        if name_score("state", column.name) >= NAMED and 1 < column.distinct <= MOST_KINDS:
            draft.notes.append(
                f"{plain(column.name)!r} is the state that a row is in, and is kept as an "
                "attribute. If every row of the file is one change of state at its own time, use "
                "it as kind instead"
            )


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
