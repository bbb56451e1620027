"""From the columns of a file to a proposed source."""

from __future__ import annotations

from journeyflow.check.aggregates import refuse_counts
from journeyflow.check.draft import Draft
from journeyflow.check.masking import plain
from journeyflow.check.nobody import settle_perhaps_people
from journeyflow.check.own_formats import settle_own_format
from journeyflow.check.profile import copies
from journeyflow.check.settle_costs import costs_columns, settle_costs
from journeyflow.check.settle_facts import (
    settle_addresses,
    settle_calls,
    settle_campaigns,
    settle_money,
)
from journeyflow.check.settle_feedback import feedback_columns, settle_feedback
from journeyflow.check.settle_kind import settle_kind
from journeyflow.check.settle_orders import orders_columns, settle_orders
from journeyflow.check.settle_people import ask_who, settle_people, settle_row_id
from journeyflow.check.settle_segments import settle_dimensions, settle_segments
from journeyflow.check.settle_surveys import settle_surveys, survey_columns
from journeyflow.check.settle_time import settle_time
from journeyflow.errors import DataError
from journeyflow.identity.types import WEB_TYPES, IdClass, class_of
from journeyflow.sources.formats import FORMATS, WEB_COLUMNS

VISITS = ("session_id", "visit_id")
KNOWN_BY_NAME = {
    "phone", "email", "customer_id", "crm_contact", "loyalty_card", "deal_id", "lead_id",
}  # fmt: skip


def fill_draft(draft: Draft, stem: str) -> None:
    """Propose a source for the columns of `raw`; `stem` names its events where nothing else does.

    Raises DataError where no source can be made: no moments, or nobody to tell apart.
    """
    if settle_own_format(draft):
        return
    costs = costs_columns(draft)
    settle_people(draft)
    if costs and (not draft.identifiers or {"impressions", "clicks"} <= costs.keys()):
        settle_costs(draft, costs)
        _null_words(draft)
        return
    refuse_counts(draft)
    asked = survey_columns(draft)
    scores = None if asked else feedback_columns(draft)
    states = None if asked or scores else orders_columns(draft)
    role = "responded_at" if asked or scores else "ordered_at" if states else "occurred_at"
    if not settle_time(draft, role):
        listing = ", ".join(plain(each.name, 30) for each in draft.all_columns[:12])
        message = f"no column of this file holds moments that journeyflow can read: {listing}"
        raise DataError(message, "journeys need to know when; export the date and time as well")
    if asked:
        settle_surveys(draft, asked)
    elif scores:
        settle_feedback(draft, scores)
    elif states:
        settle_orders(draft, states)
        settle_perhaps_people(draft)
        settle_segments(draft)
        known = FORMATS[draft.format].columns
        draft.hints = [
            each
            for each in draft.hints
            if each.table != "columns" or each.setting.split(" = ")[0] in known
        ]
    else:
        settle_addresses(draft)
        settle_campaigns(draft)
        settle_kind(draft, stem)
        settle_row_id(draft)
        settle_money(draft)
        settle_calls(draft)
        settle_dimensions(draft)
        settle_perhaps_people(draft)
        settle_segments(draft)
        _sessions(draft)
        _line_items(draft)
        _copies(draft)
    _null_words(draft)
    _say_who(draft)


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


def _copies(draft: Draft) -> None:
    """Rows without an id that equal another in every cell: each is an event of its own."""
    if "event_id" in draft.columns:
        return
    count, one, other = copies(draft.column(draft.columns["occurred_at"]))
    if count:
        draft.notes.append(
            f"{count:,} rows are copies of another row in every column, as row {other} is of row "
            f"{one}. Nothing says whether a thing happened twice or was written twice, so each "
            "counts as an event; if the export repeats rows, remove them or map a row id as "
            "event_id"
        )


def _null_words(draft: Draft) -> None:
    """Words that stand for nothing, where a column that is read holds them."""
    words = {word for each in draft.all_columns if draft.becomes(each) for word in each.null_tokens}
    if words:
        draft.settings["null_values"] = sorted(words)


def _say_who(draft: Draft) -> None:
    """What the identifiers found can and cannot do."""
    found = [*draft.identifiers, *(each for each in ("order_id",) if each in draft.columns)]
    if not found and not ask_who(draft):
        raise DataError(
            "no column of this file was recognised as telling people apart",
            "journeys need one: an id, an e-mail, a phone, a card. If there is one, name it under "
            "[sources.identifiers]; if not, no journeys can be made of this file",
        )
    if not found or any(class_of(each) is IdClass.MERGE for each in found):
        return
    types, one = ", ".join(found), found[0]
    draft.notes.append(
        f"nothing here stands for a person: {types} only attaches rows to persons that another "
        "source knows by the same value. Without such a source no journeys come of this file. To "
        f'take every {one} for a person of its own: [identity] types = {{ {one} = "merge" }}'
    )
