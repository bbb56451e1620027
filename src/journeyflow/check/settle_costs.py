"""A table of advertising costs: its days, its money, and what it cannot say of either."""

from __future__ import annotations

import re

from journeyflow.check.draft import Draft
from journeyflow.check.masking import plain
from journeyflow.check.profile import Column, decimal_of, one, profile
from journeyflow.check.settle_facts import ask_decimal, ask_rates
from journeyflow.check.settle_time import settle_time
from journeyflow.errors import DataError
from journeyflow.sources.cost_faults import unit_doubt
from journeyflow.sources.totals import TOTALS

#: Columns of costs, by the words that name the same thing elsewhere.
COSTS = {
    "cost": "cost",
    "impressions": "impressions",
    "clicks": "clicks",
    "source": "utm_source",
    "medium": "utm_medium",
    "campaign": "utm_campaign",
    "currency": "currency",
}
NUMBERS = ("cost", "impressions", "clicks")
IN_SO_MANY_WORDS, MOST = 3, 0.9
RANGE = re.compile(r"\d{4}-\d\d-\d\d(\s*/\s*\d{4}-\d\d-\d\d)?")
CURRENCY = re.compile(r"[(,]\s*([A-Z]{3})\)?$")


def costs_columns(draft: Draft) -> dict[str, str] | None:
    """The mapping of an advertising cost table: a cost, no person, and where it was spent."""
    found = {role: draft.named(vocabulary) for role, vocabulary in COSTS.items()}
    found["source"] = found["source"] or draft.named("channel")
    best = {role: column.name for role, column in found.items() if column}
    where = {"source", "campaign", "clicks", "impressions"} & best.keys()
    return best if "cost" in best and where else None


def settle_costs(draft: Draft, mapping: dict[str, str]) -> None:
    """Make the draft a source of advertising costs. Raises DataError for a table without days."""
    draft.format = "costs"
    draft.taken = {}
    draft.identifiers = {}
    _without_totals(draft)
    _settle_days(draft)
    draft.notes.clear()
    for role, name in mapping.items():
        draft.map(draft.column(name), role, "by its name")
    if "source" not in mapping:
        draft.constants["source"] = "…"
        draft.ask(
            "source",
            "where was the money spent? Write the utm_source of these campaigns "
            'in place of "…", such as "google" or "yandex"',
            ['source = { value = "…" }'],
        )
    signs = {each: decimal_of(draft.column(mapping[each])) for each in NUMBERS if each in mapping}
    if any(sign == "," for sign, *_ in signs.values()):
        draft.settings["decimal"] = ","
    elif signs["cost"][2]:
        ask_decimal(draft, draft.column(mapping["cost"]))
    named = CURRENCY.search(mapping["cost"].strip())
    if "currency" in mapping:
        ask_rates(draft, [value for value, _ in draft.column(mapping["currency"]).top])
    elif named:
        draft.constants["currency"] = named[1]
        ask_rates(draft, [named[1]])
    clicks = draft.column(mapping["clicks"]) if "clicks" in mapping else None
    ask_unit(draft, draft.column(mapping["cost"]), clicks)
    tell_unknown(draft, has_currency=bool(named) or "currency" in mapping)


def tell_unknown(draft: Draft, *, has_currency: bool, untaxed: bool = False) -> None:
    """What no file of costs says: whether tax is in them, and in which currency they are."""
    if not has_currency:
        draft.notes.append(
            f"the file names no currency: its costs are taken for {draft.context.currency or '…'}, "
            "the project's"
        )
    if untaxed:
        return
    draft.notes.append("the file does not say whether its costs include value added tax")
    draft.hint("", "vat", "included", 'or "excluded"; costs are published without the tax')
    draft.hint("", "vat_rate", 0.2, 'with vat = "included"')


def _without_totals(draft: Draft) -> None:
    """Leave rows that are named as totals out of the evidence."""
    first = draft.all_columns[0]
    found = first.con.execute(
        f"delete from raw where regexp_matches(c{first.place}, $totals, 'i') returning line",
        {"totals": TOTALS},
    ).fetchall()
    if found:
        draft.all_columns = profile(first.con, [each.name for each in draft.all_columns])


def _settle_days(draft: Draft) -> None:
    ends = {
        role: draft.named(role, IN_SO_MANY_WORDS, draft.all_columns)
        for role in ("date_from", "date_to")
    }
    if not settle_time(draft, "day"):
        ranges = [e for e in draft.free() if e.share(RANGE.fullmatch) >= MOST]
        if not ranges:
            raise DataError("a table of costs without a day", "export the costs by day")
        draft.map(ranges[0], "day", "days and ranges of days")
        return
    begin = ends["date_from"]
    if begin and ends["date_to"] and draft.columns["day"] in (begin.name, ends["date_to"].name):
        del draft.columns["day"]
        for role, column in ends.items():
            if column:
                draft.taken.pop(column.name, None)
                draft.map(column, role, "the days that a row covers, by their names")


def ask_unit(
    draft: Draft, cost: Column, clicks: Column | None, *, whole_is_micros: bool = False
) -> None:
    """Ask whether amounts are millionths, where they may be either."""
    cost.con.execute("set variable decimal = $sign", {"sign": draft.settings.get("decimal", ".")})
    amount = f"exact_number(clean(c{cost.place}))"
    n = f"exact_number(clean(c{clicks.place}))" if clicks else "null"
    is_whole, per_click, largest = one(
        cost.con,
        f"select bool_and({amount} = trunc({amount})), "
        f"median({amount}::double / {n}::double) filter ({n} > 0 and {amount} > 0), "
        f"max({amount}) from raw",
    )
    doubt = unit_doubt(per_click, largest, whole_is_micros) if is_whole else None
    if doubt:
        draft.trial["micros"] = not whole_is_micros
        draft.ask("micros", f"{plain(cost.name)!r}: {doubt}", ["micros = true", "micros = false"])
