"""journeyflow.toml for the invented company."""

from __future__ import annotations

from journeyflow.simulate import company
from journeyflow.simulate.company import SHOWROOMS, Language
from journeyflow.simulate.faults import Faults
from journeyflow.simulate.lenses import (
    calltouch,
    costs,
    counter,
    crm,
    feedback,
    ga4,
    newsletter,
    showroom,
)
from journeyflow.simulate.places import (
    COMPANY_KINDS,
    LOST_AFTER_DAYS,
    OWNERS,
    PLACES,
    STAGES,
    TECHNICAL_KINDS,
    Place,
)
from journeyflow.spelling import toml

Mapping = dict[str, str]
KIND_ORDER = ("page_view", "generate_lead", "call", "showroom_visit", *crm.KINDS, "purchase")


def settings_text(faults: Faults, language: Language, calls: str) -> str:
    """The whole file, in the vocabulary of the settings; `calls` is the format of the calls."""
    head = f"""\
# An invented company: nobody here exists. Written together with the exports beside it.

[project]
name = {toml(company.COMPANY[language])}
timezone = {toml(company.TIMEZONE)}
currency = "RUB"
language = {toml(language)}
"""
    return "\n".join(
        [head, *_sources(calls), _rules(), *_stages(language), *_places(faults, language)]
    )


def _source(name: str, format: str, pattern: str, *lines: str, **tables: Mapping) -> str:
    text = [
        "[[sources]]",
        f"name = {toml(name)}",
        f"format = {toml(format)}",
        f"files = [{toml(f'exports/{name}/{pattern}')}]",
        *lines,
    ]
    for table, mapping in tables.items():
        text.append(f"[sources.{table}]")
        text += [
            f"{key} = {value if value.startswith('{') else toml(value)}"
            for key, value in mapping.items()
        ]
    return "\n".join(text) + "\n"


def _sources(calls: str) -> list[str]:
    zone = f"timezone = {toml(company.TIMEZONE)}"
    return [
        "# The website, as the first counter's warehouse exports it.",
        _source(ga4.SOURCE, "ga4", "events_*.ndjson.gz", zone),
        "# The same website, as a second counter sees it.",
        _source(
            counter.SOURCE,
            "table",
            "hits_*.csv.gz",
            zone,
            columns={
                "event_id": "hit_id",
                "occurred_at": "date_time",
                "kind": "event",
                "url": "url",
                "referrer": "referer",
                "device": "device",
                "region": "city",
                "user_agent": "user_agent",
                "value": "revenue",
            },
            identifiers={
                company.YM: "client_id",
                company.GA: "ga_client_id",
                company.ORDER: "order_id",
            },
        ),
        _source(calltouch.SOURCE, calls, "calls_*.json", zone),
        _source(
            crm.SOURCE,
            "table",
            "deals_*.csv",
            zone,
            'max_age = "3d"',
            f"encoding = {toml(crm.ENCODING)}",
            f"delimiter = {toml(crm.DELIMITER)}",
            'decimal = ","',
            'time_format = "%d.%m.%Y %H:%M"',
            columns={
                "event_id": "Номер",
                "occurred_at": "Дата",
                "kind": "Событие",
                "owner": "Ответственный",
                "product": "Линейка",
                "region": "Город",
                "value": "Сумма",
                "currency": "Валюта",
                "loss_reason": "Причина отказа",
            },
            identifiers={
                company.DEAL: "Сделка",
                company.ORDER: "Договор",
                company.PHONE: "Телефон",
                company.EMAIL: "E-mail",
                company.GA: "ClientID",
                company.YM: "YandexID",
            },
            attributes={"showroom": "Салон"},
        ),
        _source(
            showroom.SOURCE,
            "table",
            "visits_*.tsv",
            zone,
            'delimiter = "\\t"',
            columns={
                "event_id": "visit_id",
                "occurred_at": "visited_at",
                "kind": '{ value = "showroom_visit" }',
                "region": "showroom",
                "owner": "consultant",
                "product": "line",
            },
            identifiers={company.PHONE: "phone", company.YM: "site_code"},
        ),
        _source(
            newsletter.SOURCE,
            "table",
            "sent_*.csv",
            columns={
                "event_id": "message_id",
                "occurred_at": "sent_at",
                "kind": "event",
            },
            identifiers={company.EMAIL: "email"},
            attributes={"issue": "campaign"},
        ),
        _source(
            costs.SOURCE,
            "costs",
            "costs_*.csv",
            columns={column: column for column in costs.HEADER},
        ),
        _source(
            feedback.SOURCE,
            "feedback",
            "answers*.csv",
            zone,
            columns={
                "feedback_id": "answer_id",
                **{column: column for column in feedback.HEADER[1:7]},
            },
            identifiers={company.PHONE: "phone", company.DEAL: "deal"},
        ),
    ]


def _rules() -> str:
    return f"""\
[identity]
region = "RU"
own_numbers = {toml((company.OWN_NUMBER,))}
# The site knows a customer by cookies and the CRM by phone: the number of an order is in both.
types = {{ order_id = "merge" }}

[sites]
own_domains = {toml((company.SITE.removeprefix("https://"),))}

[journeys]
# One contract that the CRM and both counters report is one conversion: the CRM's.
conversions = ["crm:contract_signed", "site:purchase", "site2:purchase"]
losses = ["deal_lost"]
lost_after = "{LOST_AFTER_DAYS}d"
company_kinds = {toml(COMPANY_KINDS)}
open_deals = "keep_open"
exclude_kinds = {toml(TECHNICAL_KINDS)}
kind_order = {toml(KIND_ORDER)}

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


def _places(faults: Faults, language: Language) -> list[str]:
    return [_place(key, place, faults, language) for key, place in PLACES.items()]


def _place(key: str, place: Place, faults: Faults, language: Language) -> str:
    when = dict(place.when)
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
