"""What was reached in a visit of Metrica: goals, purchases and calls, as lists in its cells."""

from __future__ import annotations

from collections.abc import Iterator

from journeyflow.simulate.acts import Act, Deal
from journeyflow.simulate.clock import moment
from journeyflow.simulate.company import LINES
from journeyflow.simulate.lenses import metrica_told as told
from journeyflow.simulate.lenses.files import Row, row_of
from journeyflow.simulate.lenses.logs_api import bare, texts
from journeyflow.simulate.lenses.metrica_stays import Hit, Stay

TAP, TAP_PRICE = "Смеситель 1/2\" 'Ручей', хром", 9_900
NAMES = ("Кухня «{}»", 'Кухня "{}" 24"', "Кухня {} O'Kent", "Кухня {} \\ 60 см")


def cells_of(stay: Stay) -> dict[str, str]:
    """The lists of a visit; those of one group are as long as each other."""
    return _goals(stay) | _purchases(stay) | _calls(stay)


def goods_of(deal: Deal) -> list[tuple[str, int]]:
    """What was paid for, by name and price, in the spelling of the site: full of quotes."""
    kitchen = NAMES[deal.number % len(NAMES)].format(LINES[deal.line].names["ru"])
    if deal.number % 5 == 0:
        return [(kitchen, deal.amount - TAP_PRICE), (TAP, TAP_PRICE)]
    return [(kitchen, deal.amount)]


def _steps(stay: Stay) -> Iterator[tuple[Hit, Act, Deal | None]]:
    """Hits that reached a goal; with the deal, where it was paid for."""
    for hit in stay.hits:
        if hit.act and hit.act.kind in told.GOAL_OF_ACT:
            yield hit, hit.act, hit.act.deal if hit.act.kind == "purchase" else None


def _goals(stay: Stay) -> dict[str, str]:
    reached = [(hit.at, told.GOAL_OF_ACT[act.kind], deal) for hit, act, deal in _steps(stay)]
    reached += [(call.at, told.CALL, None) for call in stay.calls]
    goals = [goal for _, goal, _ in reached]
    deals = [deal for _, _, deal in reached]
    return {
        "goalsID": bare(goals),
        "goalsSerialNumber": bare(goals[:place].count(goal) for place, goal in enumerate(goals, 1)),
        "goalsDateTime": texts(moment(at) for at, _, _ in reached),
        "goalsPrice": bare(deal.amount * 1000 if deal else 0 for deal in deals),
        "goalsCurrency": bare("RUB" if deal else "" for deal in deals),
        "goalsOrder": texts(deal.order_id if deal else "" for deal in deals),
    }


def _purchases(stay: Stay) -> dict[str, str]:
    paid = [(hit.at, deal) for hit, _, deal in _steps(stay) if deal]
    lines = [(deal.order_id, name, price) for _, deal in paid for name, price in goods_of(deal)]
    return {
        "purchaseID": texts(deal.order_id for _, deal in paid),
        "purchaseDateTime": texts(moment(at) for at, _ in paid),
        "purchaseRevenue": bare(deal.amount for _, deal in paid),
        "purchaseCurrency": texts("RUB" for _ in paid),
        "purchasedProductPurchaseID": texts(order for order, _, _ in lines),
        "purchasedProductName": texts(name for _, name, _ in lines),
        "purchasedProductPrice": bare(price * 1_000_000 for _, _, price in lines),
        "purchasedProductQuantity": bare(1 for _ in lines),
    }


def _calls(stay: Stay) -> dict[str, str]:
    calls = [call.facts for call in stay.calls]
    return {
        "offlineCallTalkDuration": bare(call["talks"] for call in calls),
        "offlineCallHoldDuration": bare(call["waits"] for call in calls),
        "offlineCallMissed": bare(int(not call["answered"]) for call in calls),
        "offlineCallTag": texts('сайт, "динамика"' for _ in calls),
        "offlineCallFirstTimeCaller": bare(int(call["reason"] == "interest") for call in calls),
    }


def rows_of(stay: Stay) -> Iterator[Row]:
    """The truth about each of these: a goal, a purchase beside its goal, a call."""
    for hit, act, deal in _steps(stay):
        kinds = [told.GOAL_KINDS[told.GOAL_OF_ACT[act.kind]], *["purchase"] * bool(deal)]
        ids = told.ids_of(stay, sent=True, order=deal.order_id if deal else "")
        for kind in kinds:
            row = row_of(act, None, ids, event_id=stay.visit_id)
            row.at, row.kind, row.note = hit.at, kind, "reload" if hit.again else stay.note
            yield row
    for call in stay.calls:
        yield row_of(call, None, told.ids_of(stay, sent=True), event_id=stay.visit_id)
