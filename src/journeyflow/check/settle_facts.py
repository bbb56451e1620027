"""Propose what rows carry: addresses, campaigns, money, calls."""

from __future__ import annotations

import re
from collections.abc import Iterable

from journeyflow.check.draft import Draft
from journeyflow.check.masking import plain
from journeyflow.check.names import NAMED, name_score
from journeyflow.check.profile import DECIMALS, Column, decimal_of
from journeyflow.check.settle_people import SHAPED

ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//\S+|/\S*", re.IGNORECASE)
PATH = re.compile(r"/(?!/)")
CURRENCY = re.compile(r"[A-Za-z]{3}")
TEXT_ROLES = ("utm_source", "utm_medium", "utm_campaign", "gclid", "yclid", "channel", "user_agent")
MONEY = 0.99


def settle_addresses(draft: Draft) -> None:
    """Page and referrer: shaped like addresses, told apart by name."""
    shaped = [each for each in draft.free() if each.share(ADDRESS.fullmatch) >= SHAPED]
    for role in ("referrer", "url"):
        column = draft.named(role, among=(each for each in shaped if not draft.becomes(each)))
        if column:
            fits = column.share(ADDRESS.fullmatch)
            draft.map(column, role, "addresses; only host and path are kept", fits)
    left = [each for each in shaped if not draft.becomes(each)]
    paths = [each for each in left if each.share(PATH.match) >= SHAPED]
    if "url" not in draft.columns and len(paths) == 1:
        why = "paths, and no other column is the page's address"
        draft.map(paths[0], "url", why, paths[0].share(PATH.match))
    for column in left:
        if draft.becomes(column):
            continue
        if "url" in draft.columns:
            draft.leave(column, "another address", "url")
        else:
            draft.leave(column, "addresses, and no name says whether of the page", "url")
            draft.hint("columns", "url", column.name, "if it is the address of the page")


def settle_campaigns(draft: Draft) -> None:
    """Campaign parameters, click ids, a channel that the file already names."""
    for role in TEXT_ROLES:
        column = draft.named(role)
        if column is None:
            continue
        if role == "utm_campaign" and not {"utm_source", "utm_medium"} & draft.columns.keys():
            continue
        if role == "utm_medium" and "utm_source" not in draft.columns:
            others = [each for each in draft.free() if each is not column]
            source = draft.named("channel", 3, others)
            if source is None:
                continue  # alone it says what a channel says
            draft.map(source, "utm_source", "the source beside a medium")
        why = f"by its name; {column.distinct:,} different"
        draft.map(column, role, why)


def settle_money(draft: Draft, role: str = "value") -> None:
    """The amount and its currency; an amount that does not parse is left out, never mended.

    `role` is what the amount becomes.
    """
    for column in sorted(draft.free(), key=lambda each: -name_score("value", each.name)):
        score = name_score("value", column.name)
        sign, fits, is_ambiguous = decimal_of(column) if score else ("", 0.0, False)
        if score >= NAMED and fits < MONEY:
            odd = (v for v in column.sample if re.search(r"[^\d.,\s+-]", v))
            example = plain(next(odd, column.sample[0]), 30)
            why = f"{1 - fits:.0%} of the amounts are not plain numbers, such as {example!r}"
            draft.leave(column, why)
        if fits < MONEY:
            continue
        if is_ambiguous and "decimal" in draft.settings:
            sign = str(draft.settings["decimal"])
        elif is_ambiguous:
            ask_decimal(draft, column)
        elif sign == ",":
            draft.settings["decimal"] = ","
        draft.map(column, role, f"amounts with the decimal {sign!r}", fits)
        break
    codes = (each for each in draft.free() if each.share(CURRENCY.fullmatch) == 1)
    coded = draft.named("currency", among=codes)
    if coded:
        draft.map(coded, "currency", ", ".join(plain(v, 3) for v, _ in coded.top[:5]))
        if role in draft.columns:
            ask_rates(draft, [value for value, _ in coded.top])


def ask_decimal(draft: Draft, column: Column) -> None:
    """Ask what the sign in amounts is that may be two things."""
    example = plain(next(v for v in column.sample if re.search("[.,]", v)))
    draft.ask(
        "decimal",
        f"is the sign in {plain(column.name)!r}, as in {example!r}, a decimal sign or a "
        "mark between thousands?",
        [f'decimal = "{sign}"' for sign in DECIMALS],
    )


def ask_rates(draft: Draft, found: Iterable[str]) -> None:
    """Ask what other currencies are worth in the project's."""
    unknown = sorted({each.upper() for each in found} - draft.context.currencies)
    if unknown and draft.context.currency:
        draft.ask(
            "currency",
            f"amounts in {', '.join(unknown)} are refused until [currency.rates] says what one is "
            f"worth in {draft.context.currency}",
            [f"[currency.rates] {each} = …" for each in unknown],
        )


def settle_calls(draft: Draft) -> None:
    """What calls carry: direction, answered, seconds; and the order of equal times."""
    direction, answered = draft.named("direction"), draft.named("answered")
    if direction and direction.distinct <= 6:
        draft.map(direction, "direction", "in and out")
    if answered and answered.share_of_rows("boolean_of(v) is not null") == 1:
        draft.map(answered, "answered", "yes and no")
    for role in ("wait_s", "duration_s", "sequence"):
        whole = (each for each in draft.free() if each.share(str.isdigit) == 1)
        column = draft.named(role, among=whole)
        if column:
            draft.map(column, role, "whole numbers")
