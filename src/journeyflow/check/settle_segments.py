"""Propose what to segment by, and say truly why the rest is not read."""

from __future__ import annotations

import re

from journeyflow.check.draft import Draft
from journeyflow.check.names import OTHER_WORDS, words
from journeyflow.check.profile import Column, decimal_of
from journeyflow.check.settle_facts import MONEY
from journeyflow.check.settle_people import PERSON_NAME, SHAPED, TOKEN, UUID

NESTED = re.compile(r"[\[{]")
AMOUNT = re.compile(r".*\d[.,]\d{1,2}")
DIMENSIONS = ("device", "region", "product", "owner", "loss_reason")
MOST_ATTRIBUTES = 10
MOST_VALUES = 50
LONGEST_VALUE = 60
MOST_PRODUCTS = 20_000
FEW_VALUES = 5


def settle_dimensions(draft: Draft) -> None:
    """Columns of the event itself, by name."""
    for role in DIMENSIONS:
        column = draft.named(role)
        if column and column.distinct <= MOST_PRODUCTS:
            why = f"by its name; {column.distinct:,} different"
            draft.map(column, role, why)


def settle_segments(draft: Draft) -> None:
    """What else has few values becomes an attribute; the rest is left out, and told why."""
    for column in draft.free():
        why, masked_as = (
            _amount(draft, column) or _number_of_row(draft, column) or _no_segment(column)
        )
        if why:
            draft.leave(column, why, masked_as)
        elif len(draft.attributes) == MOST_ATTRIBUTES:
            draft.leave(column, f"more than {MOST_ATTRIBUTES} attributes; swap it for another")
        else:
            draft.attribute(column, f"{column.distinct} different values")


def _number_of_row(draft: Draft, column: Column) -> tuple[str, str] | None:
    """Why a column is left out that numbers the rows, and how to mask it; None where it does not.

    Rows with one event_id replace each other, so without a name that says it this is a comment.
    """
    is_number = column.share(lambda v: TOKEN.fullmatch(v) and re.search(r"\d", v)) >= SHAPED
    if not column.unique or column.distinct <= FEW_VALUES or not is_number:
        return None
    if "event_id" not in draft.columns:
        draft.hint("columns", "event_id", column.name, "if it is the row's own id for good")
    return "different in every row, as the number of a row is", "id"


def _amount(draft: Draft, column: Column) -> tuple[str, str] | None:
    """Why a column of decimal amounts is left out, and how to mask it; None for any other.

    Few different ones on most rows are a rating or a size, which is segmented by.
    """
    if 2 * column.filled >= column.rows and column.distinct <= MOST_VALUES:
        return None
    sign, fits, is_ambiguous = decimal_of(column)
    if fits < MONEY or is_ambiguous or 2 * column.share(AMOUNT.fullmatch) < 1:
        return None
    if {"value", "total"} & draft.columns.keys():
        return "amounts; a row has one value, which another column gives", "text"
    if OTHER_WORDS["value"] & set(words(column.name).split()):
        return "amounts of something else, as the name says", "text"
    draft.hint("columns", "value", column.name, "if it is what a row is worth")
    if sign == "," and "decimal" not in draft.settings:
        draft.hint("", "decimal", sign, "the sign in the amounts, if value is read below")
    return f"amounts with the decimal {sign!r}, and no name says of what", "text"


def _no_segment(column: Column) -> tuple[str, str]:
    """Why nothing is segmented by the column, and how to mask it; "" where it may be."""
    if column.distinct == 1:
        return f"the same in every row{' that has it' * (column.filled < column.rows)}", ""
    if column.longest > LONGEST_VALUE or column.share(NESTED.match) > 0.5:
        return "long or nested text", "text"
    if column.distinct > 2 and column.share(PERSON_NAME.fullmatch) >= SHAPED and column.unique:
        return "looks like names of people", "name"
    if 2 * column.distinct > column.filled and column.distinct > FEW_VALUES:
        return "nearly every row that has it has its own value", "text"
    if column.distinct > MOST_VALUES:
        return f"{column.distinct:,} different values: too many to segment by", "text"
    if column.share(UUID.fullmatch) >= SHAPED:
        return "ids, which nothing is segmented by", "text"
    return "", ""
