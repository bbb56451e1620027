"""journeyflow.toml for the invented company."""

from __future__ import annotations

from journeyflow.simulate import company
from journeyflow.simulate.choices import Choices
from journeyflow.simulate.company import SHOWROOMS, Language
from journeyflow.simulate.faults import Faults
from journeyflow.simulate.lenses import crm, ga4, metrica_told, orders
from journeyflow.simulate.places import (
    LOST_AFTER_DAYS,
    OWNERS,
    PLACES,
    STAGES,
    TECHNICAL_KINDS,
    Place,
)
from journeyflow.simulate.settings_crm import Conditions, kinds, stage_rules
from journeyflow.simulate.settings_orders import order_rules
from journeyflow.simulate.settings_sources import sources_text
from journeyflow.spelling import toml

SEEN_FIRST = ("page_view", "generate_lead", "call", "showroom_visit")


def settings_text(faults: Faults, language: Language, choices: Choices) -> str:
    """The whole file, in the vocabulary of the settings."""
    head = f"""\
# An invented company: nobody here exists. Written together with the exports beside it.

[project]
name = {toml(company.COMPANY[language])}
timezone = {toml(company.TIMEZONE)}
currency = "RUB"
language = {toml(language)}
"""
    return "\n".join(
        [
            head,
            *sources_text(choices, language),
            _rules(choices),
            *_stages(language),
            *_places(faults, language, choices),
        ]
    )


def _rules(choices: Choices) -> str:
    told = kinds(choices)
    purchases = "visits:purchase" if choices.metrica else "site2:purchase"
    conversions: tuple[str, ...] = (
        f"{crm.SOURCE}:{told.contract}",
        f"{ga4.SOURCE}:purchase",
        purchases,
    )
    whose, by_company = "CRM's", told.by_company
    technical = (*TECHNICAL_KINDS, *metrica_told.TECHNICAL_KINDS * choices.metrica)
    if choices.has_orders:
        # The office knows what a contract came to, net of what was paid back.
        conversions, whose = (f"{orders.SOURCE}:purchase", *conversions), "office's"
        by_company += orders.UNSIGNED
    acts = (*told.order, *orders.UNSIGNED * choices.has_orders, "purchase")
    order = (*("visit",) * choices.metrica, *SEEN_FIRST, *acts)
    return f"""\
[identity]
region = "RU"
own_numbers = {toml((company.OWN_NUMBER,))}
# The site knows a customer by cookies and the CRM by phone: the number of an order is in both.
types = {{ order_id = "merge" }}

[sites]
own_domains = {toml((company.SITE.removeprefix("https://"),))}

[journeys]
# One contract that the CRM and both counters report is one conversion: the {whose}.
conversions = {toml(conversions)}
losses = ["deal_lost"]
lost_after = "{LOST_AFTER_DAYS}d"
company_kinds = {toml(by_company)}
open_deals = "keep_open"
exclude_kinds = {toml(technical)}
kind_order = {toml(order)}

[attribution]
lookback = "90d"
half_life = "7d"
direct = "last_resort"
"""


def _stages(language: Language) -> list[str]:
    return [
        f"[[stages]]\nname = {toml(stage)}\ngoal = {toml(goal[language])}\n"
        f"owner = {toml(OWNERS[owner][language])}\n"
        for stage, (goal, owner) in STAGES.items()
    ]


def _places(faults: Faults, language: Language, choices: Choices) -> list[str]:
    return [
        _place(key, place, when, faults, language)
        for key, place in PLACES.items()
        for when in (
            *(stage_rules(key, language, choices) if choices.crm_api else [dict(place.when)]),
            *(order_rules(key) if choices.has_orders else ()),
            *(_told_by_metrica(key, faults) if choices.metrica else ()),
        )
    ]


def _told_by_metrica(key: str, faults: Faults) -> list[Conditions]:
    """A visit is met where it lands; the page that thanks for a payment belongs to the payment."""
    if key == "purchase":
        thanks: Conditions = {"kind": "page_view", "path": "/oplata/*"}
        again = [thanks | {"kind": "visit"}] if faults.planted else []
        return [thanks, *again, {"kind": metrica_told.GOAL_KINDS[metrica_told.PAID]}]
    landings = {page for channel in company.CHANNELS.values() for page in channel.landings}
    return [dict(PLACES[key].when) | {"kind": "visit"}] if key in landings else []


def _place(key: str, place: Place, when: Conditions, faults: Faults, language: Language) -> str:
    if key.startswith("showroom_"):
        when["region"] = SHOWROOMS[int(key[-1]) - 1][language]
    fields = ", ".join(f"{field} = {toml(value)}" for field, value in when.items())
    lines = ["[[touchpoints]]", f"name = {toml(place.names[language])}"]
    if place.stage:
        lines.append(f"stage = {toml(place.stage)}")
    lines.append(f"when = {{ {fields} }}")
    if key != "measurement" or faults.measurement_owned:
        lines.append(f"owner = {toml(OWNERS[place.owner][language])}")
    return "\n".join(lines) + "\n"
