"""From the columns of a file to a proposed source."""

from __future__ import annotations

import duckdb

from journeyflow.check.context import Context
from journeyflow.check.draft import Draft
from journeyflow.check.formats_known import (
    NAME_THEM,
    NOBODY,
    PERSONLESS,
    is_aggregate,
    recognise,
)
from journeyflow.check.masking import plain
from journeyflow.check.other_tables import (
    costs_columns,
    feedback_columns,
    settle_costs,
    settle_feedback,
)
from journeyflow.check.profile import Column
from journeyflow.check.settle_facts import (
    settle_addresses,
    settle_calls,
    settle_campaigns,
    settle_dimensions,
    settle_money,
)
from journeyflow.check.settle_kind import settle_kind
from journeyflow.check.settle_people import ask_who, settle_people, settle_row_id
from journeyflow.check.settle_time import settle_time
from journeyflow.errors import DataError
from journeyflow.identity.types import WEB_TYPES, IdClass, class_of
from journeyflow.sources.formats import FORMATS, WEB_COLUMNS

VISITS = ("session_id", "visit_id")
KNOWN_BY_NAME = frozenset(
    ["phone", "email", "customer_id", "crm_contact", "loyalty_card", "deal_id", "lead_id"]
)


def make_draft(
    con: duckdb.DuckDBPyConnection,
    columns: list[Column],
    settings: dict[str, str | int],
    context: Context,
    stem: str,
) -> Draft:
    """Propose a source for the columns of `raw`; `stem` names its events where nothing else does.

    Raises DataError where no source can be made: no moments, or nobody to tell apart.
    """
    draft = Draft(columns, settings=dict(settings))
    known, is_read = recognise([each.name for each in columns])
    if known and is_read:
        return _known(draft, known, context)
    if known:
        draft.notes.append(
            f"the keys are those of {known}, a format that this version does not read; proposed "
            "as a plain table instead"
        )
    costs = costs_columns(draft)
    settle_people(draft, context)
    if costs and (not draft.identifiers or {"impressions", "clicks"} <= set(costs)):
        settle_costs(con, draft, context, costs)
        _null_words(draft)
        return draft
    _refuse_aggregate(draft)
    scored = feedback_columns(draft)
    if not settle_time(con, draft, context, "responded_at" if scored else "occurred_at"):
        listing = ", ".join(plain(each.name, 30) for each in columns[:12])
        message = f"no column of this file holds moments that journeyflow can read: {listing}"
        raise DataError(message, "journeys need to know when; export the date and time as well")
    if scored:
        settle_feedback(con, draft, scored)
    else:
        settle_addresses(draft)
        settle_campaigns(draft)
        settle_kind(draft, stem)
        settle_row_id(draft)
        settle_money(con, draft, context)
        settle_calls(con, draft)
        settle_dimensions(draft)
        _sessions(draft)
        _line_items(draft)
    _null_words(draft)
    _say_who(draft)
    return draft


def _known(draft: Draft, name: str, context: Context) -> Draft:
    """A format of its own needs no mapping, only a zone at times."""
    draft.format = name
    draft.settings = {}
    if FORMATS[name].needs_zone:
        if context.zone:
            draft.settings["timezone"] = context.zone
        else:
            draft.trial["timezone"] = "UTC"
            draft.ask(
                "timezone",
                f"in which zone does the {name} account keep its times?",
                ['timezone = "Area/City"'],
            )
    for column in draft.all_columns:
        draft.leave(column, f"read by the format {name}", "id")
    return draft


def _sessions(draft: Draft) -> None:
    """A log of a browser's doings forms sessions, also where it names no address.

    A CRM that kept the browser's id beside a phone is no such log.
    """
    if set(WEB_COLUMNS) & set(draft.columns) or "kind" in draft.constants:
        return
    types = set(draft.identifiers)
    visits = [draft.column(draft.identifiers[each]) for each in VISITS if each in types]
    if any(not each.unique for each in visits) or (types & WEB_TYPES and not types & KNOWN_BY_NAME):
        draft.settings["sessions"] = True


def _line_items(draft: Draft) -> None:
    """Rows of one order are one conversion, and its amount is that of one row."""
    order = draft.identifiers.get("order_id")
    if order and not draft.column(order).unique and "kind" in draft.constants:
        column = draft.column(order)
        each_has = column.filled / max(column.distinct, 1)
        draft.notes.append(
            f"{plain(order)!r} repeats, {each_has:.1f} rows to an order: these look like lines "
            "of orders. One order is one conversion, and its value that of its first row"
        )


def _refuse_aggregate(draft: Draft) -> None:
    if is_aggregate(draft):
        raise DataError(PERSONLESS)


def _null_words(draft: Draft) -> None:
    """Words that stand for nothing, where a column that is read holds them."""
    groups = (draft.columns, draft.clocks, draft.identifiers, draft.attributes)
    mapped = {name for group in groups for name in group.values()}
    words = {word for each in draft.all_columns if each.name in mapped for word in each.null_tokens}
    if words:
        draft.settings["null_values"] = sorted(words)


def _say_who(draft: Draft) -> None:
    """What the identifiers found can and cannot do."""
    if not draft.identifiers and not ask_who(draft):
        raise DataError(NOBODY, NAME_THEM)
    if not draft.identifiers or any(class_of(each) is IdClass.MERGE for each in draft.identifiers):
        return
    types = ", ".join(draft.identifiers)
    one = next(iter(draft.identifiers))
    draft.notes.append(
        f"nothing here stands for a person: {types} only attaches rows to persons that another "
        "source knows by the same value. Without such a source no journeys come of this file. To "
        f'take every {one} for a person of its own: [identity] types = {{ {one} = "merge" }}'
    )
