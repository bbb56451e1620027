"""What journeyflow.toml says of the contracts that the office lists as orders."""

from __future__ import annotations

from journeyflow.simulate import company
from journeyflow.simulate.company import Language
from journeyflow.simulate.lenses import orders
from journeyflow.simulate.settings_block import ZONE, source_text
from journeyflow.simulate.settings_crm import Conditions
from journeyflow.spelling import toml

# A place of `PLACES` → the kinds of orders that are met there.
MET_AT = {"offer_sent": orders.UNSIGNED, "contract_signed": (orders.KINDS[orders.SIGNED],)}


def order_rules(key: str) -> list[Conditions]:
    """By what orders are known at a place of `PLACES`, beside what the CRM tells of it."""
    return [{"source": orders.SOURCE, "kind": kind} for kind in MET_AT.get(key, ())]


def orders_text(language: Language) -> str:
    """The block of the orders."""
    words = {names[language]: state for state, names in orders.STATUSES.items()}
    return source_text(
        orders.SOURCE,
        "orders",
        "orders_*.csv",
        ZONE,
        f"statuses = {toml(words)}",
        columns={
            "order_id": "number",
            "ordered_at": "created_at",
            "status": "status",
            "total": "total",
            "refunded": "refunded_total",
            "cancelled_at": "cancelled_at",
            "is_test": "is_test",
        },
        identifiers={company.PHONE: "phone", company.EMAIL: "email"},
    )
