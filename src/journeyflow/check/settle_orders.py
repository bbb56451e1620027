"""A table of orders: one row an order, as it stands now, with the states that its shop knows."""

from __future__ import annotations

from journeyflow.check.draft import Draft
from journeyflow.check.masking import plain
from journeyflow.check.profile import Column, decimal_of
from journeyflow.check.settle_facts import MONEY, settle_campaigns, settle_money
from journeyflow.check.settle_kind import kind_column
from journeyflow.check.settle_segments import settle_dimensions
from journeyflow.sources.formats import FORMATS
from journeyflow.spelling import toml
from journeyflow.warehouse.layout import script

FILLED = 0.99  # an order without a state or a total is rejected
MOST_STATES = 30
MEANINGS = "paid, open, cancelled, refunded or test"


def orders_columns(draft: Draft) -> Column | None:
    """The column of states of a table of orders, None for any other.

    Each row has an order number of its own, a state and a total, and no column says that rows
    are anything else than orders.
    """
    order = draft.identifiers.get("order_id")
    status, total = draft.named("state"), draft.named("value")
    if not (order and status and total) or "deal_id" in draft.identifiers or kind_column(draft):
        return None
    filled = min(status.fill, total.fill) >= FILLED and status.distinct <= MOST_STATES
    is_amount = decimal_of(total)[1] >= MONEY
    return status if draft.column(order).unique and filled and is_amount else None


def settle_orders(draft: Draft, status: Column) -> None:
    """Make the draft a source of orders; states that no shop was known to use are asked about."""
    draft.format = "orders"
    number = draft.column(draft.identifiers.pop("order_id"))
    draft.taken.pop(number.name)
    draft.map(number, "order_id", "different in every row")
    draft.map(status, "status", f"{status.distinct} different states of orders")
    settle_money(draft, "total")
    refunded = draft.named("refunded")
    if refunded and decimal_of(refunded)[1] >= MONEY:
        draft.map(refunded, "refunded", "amounts, by its name")
    unread = [each for each in draft.all_columns if each.filled and not draft.becomes(each)]
    cancelled = draft.named("cancelled_at", among=unread)
    if cancelled:
        draft.map(cancelled, "cancelled_at", "by its name; filled where an order was cancelled")
    settle_campaigns(draft)
    settle_dimensions(draft)
    for role in draft.columns.keys() - set(FORMATS["orders"].columns):
        del draft.taken[draft.columns.pop(role)]
    _settle_states(draft, status)


def _settle_states(draft: Draft, status: Column) -> None:
    con = status.con
    con.execute("set variable status_words = []::text[]")
    con.execute("set variable status_states = []::text[]")
    con.execute(script("order_macros"))
    found = con.execute(
        f"select v, n, order_state(v) from v{status.place} order by n desc, v"
    ).fetchall()
    meant = {word: state or "…" for word, _, state in found}
    unknown = {word: n for word, n, state in found if state is None}
    if not unknown:
        draft.hint("", "statuses", meant, "what the words mean that were found; so also without")
        return
    listing = ", ".join(f"{plain(word, 40)!r} ({n:,})" for word, n in unknown.items())
    draft.trial["statuses"] = dict.fromkeys(unknown, "open")
    draft.ask(
        "statuses",
        f"what do these states of an order mean: {listing}? Write {MEANINGS} for each",
        [f"statuses = {toml(meant)}"],
    )
