"""Propose the rest: addresses, campaigns, money, calls, and columns to segment by."""

from __future__ import annotations

import re

import duckdb

from journeyflow.check.context import Context
from journeyflow.check.draft import Draft
from journeyflow.check.masking import plain
from journeyflow.check.names import name_score
from journeyflow.check.numbers import SIGNS, is_number, numbers
from journeyflow.check.people import NAMED, SHAPED, UUID, is_person_name
from journeyflow.check.profile import Column

ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//\S+|/\S*", re.IGNORECASE)
CURRENCY = re.compile(r"[A-Za-z]{3}")
NESTED = re.compile(r"[\[{]")
TEXT_ROLES = ("utm_source", "utm_medium", "utm_campaign", "gclid", "yclid", "channel", "user_agent")
DIMENSIONS = ("device", "region", "product", "owner", "loss_reason")
MOST_ATTRIBUTES = 10
MOST_VALUES = 50
LONGEST_VALUE = 60
MOST_PRODUCTS = 20_000
YES_NO = frozenset(["true", "t", "yes", "y", "1", "да", "false", "f", "no", "n", "0", "нет"])


def settle_addresses(draft: Draft) -> None:
    """Page and referrer: shaped like addresses, told apart by name."""
    shaped = [each for each in draft.free() if each.share(ADDRESS.fullmatch) >= SHAPED]
    for role in ("referrer", "url"):
        named = [each for each in shaped if name_score(role, each.name) >= NAMED]
        if named:
            best = max(named, key=lambda each: (name_score(role, each.name), -each.place))
            draft.map(
                best,
                role,
                "addresses; only host and path are kept",
                best.share(ADDRESS.fullmatch),
                "url",
            )
            shaped.remove(best)
    for column in shaped:
        if column.name not in draft.taken:
            draft.leave(column, "another address", "url")


def settle_campaigns(draft: Draft) -> None:
    """Campaign parameters, click ids, a channel that the file already names."""
    for role in TEXT_ROLES:
        named = [(name_score(role, each.name), each) for each in draft.free()]
        score, column = max(named, key=lambda pair: pair[0], default=(0.0, None))
        if column is None or score < NAMED:
            continue
        if role == "utm_campaign" and not {"utm_source", "utm_medium"} & set(draft.columns):
            continue
        if role == "utm_medium" and "utm_source" not in draft.columns:
            source = next((e for e in draft.free() if name_score("channel", e.name) >= 3), None)
            if source is None or source is column:
                continue
            draft.map(source, "utm_source", "the source beside a medium", 1.0)
        draft.map(
            column,
            role,
            f"by its name; {column.distinct:,} different",
            1.0,
            "id" if role.endswith("clid") else "",
        )


def settle_money(con: duckdb.DuckDBPyConnection, draft: Draft, context: Context) -> None:
    """The amount and its currency; an amount that does not parse is left out, never mended."""
    named = [(name_score("value", each.name), each) for each in draft.free()]
    named = sorted(
        (pair for pair in named if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].place)
    )
    for score, column in named:
        found = numbers(con, column)
        fits = found.fits[found.best]
        if fits < 0.99:
            if score >= NAMED:
                example = plain(
                    next(
                        (v for v in column.sample if re.search(r"[^\d.,\s+-]", v)), column.sample[0]
                    ),
                    30,
                )
                why = f"{1 - fits:.0%} of the amounts are not plain numbers, such as {example!r}"
                draft.leave(column, why)
            continue
        if "decimal" not in draft.settings and found.ambiguous:
            draft.ask(
                "decimal",
                f"is the sign in {plain(column.name)!r}, as in "
                f"{plain(next(v for v in column.sample if re.search('[.,]', v)))!r}, a decimal "
                "sign or a mark between thousands?",
                [f'decimal = "{sign}"' for sign in SIGNS],
            )
        elif found.best == ",":
            draft.settings["decimal"] = ","
        draft.map(column, "value", f"amounts with the decimal {found.best!r}", fits)
        break
    for column in draft.free():
        if name_score("currency", column.name) >= NAMED and column.share(CURRENCY.fullmatch) == 1:
            draft.map(column, "currency", ", ".join(plain(v, 3) for v, _ in column.top[:5]), 1.0)
            _unknown_currencies(draft, column, context)
            break


def _unknown_currencies(draft: Draft, column: Column, context: Context) -> None:
    found = {value.upper() for value, _ in column.top}
    if context.currency is None:
        return
    unknown = sorted(found - context.currencies)
    if unknown and "value" in draft.columns:
        draft.ask(
            "currency",
            f"amounts in {', '.join(plain(each, 3) for each in unknown)} are refused until "
            f"[currency.rates] says what one is worth in {context.currency}",
            [f"[currency.rates] {plain(each, 3)} = …" for each in unknown],
        )


def settle_calls(con: duckdb.DuckDBPyConnection, draft: Draft) -> None:
    """What calls and surveys carry: direction, answered, seconds, a score."""
    for column in draft.free():
        if name_score("direction", column.name) >= NAMED and column.distinct <= 6:
            draft.map(column, "direction", "in and out", 1.0)
        elif name_score("answered", column.name) >= NAMED:
            if column.share(lambda v: v.lower() in YES_NO) == 1:
                draft.map(column, "answered", "yes and no", 1.0)
        else:
            for role in ("wait_s", "duration_s", "sequence"):
                if name_score(role, column.name) >= NAMED and role not in draft.columns:
                    whole = column.share(str.isdigit) == 1
                    if whole and is_number(con, column, 1.0):
                        draft.map(column, role, "whole numbers", 1.0)
                        break


def settle_dimensions(draft: Draft) -> None:
    """Columns of the event itself by name, then what else has few values as attributes."""
    for role in DIMENSIONS:
        named = [(name_score(role, each.name), each) for each in draft.free()]
        score, column = max(named, key=lambda pair: (pair[0], -pair[1].place), default=(0.0, None))
        if column is not None and score >= NAMED and column.distinct <= MOST_PRODUCTS:
            draft.map(
                column,
                role,
                f"by its name; {column.distinct:,} different",
                1.0,
                "name" if role == "owner" else "",
            )
    room = MOST_ATTRIBUTES
    for column in draft.free():
        if column.distinct == 1:
            draft.leave(column, "the same in every row")
        elif column.longest > LONGEST_VALUE or column.share(NESTED.match) > 0.5:
            draft.leave(column, "long or nested text", "text")
        elif column.share(UUID.fullmatch) >= SHAPED or column.distinct > MOST_VALUES:
            draft.leave(
                column, f"{column.distinct:,} different values: too many to segment by", "text"
            )
        elif column.distinct > 2 and column.share(is_person_name) >= SHAPED and column.unique:
            draft.leave(column, "looks like names of people", "name")
        elif 2 * column.distinct > column.filled and column.distinct > 5:
            draft.leave(column, "nearly every row has its own value", "text")
        elif room == 0:
            draft.leave(column, f"more than {MOST_ATTRIBUTES} attributes; swap it for another")
        else:
            room -= 1
            draft.attribute(column, f"{column.distinct} different values")
