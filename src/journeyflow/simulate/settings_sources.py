"""The sources of the invented company, as journeyflow.toml names and maps them."""

from __future__ import annotations

from journeyflow.simulate import company
from journeyflow.simulate.company import SecondCounter
from journeyflow.simulate.lenses import (
    calltouch,
    costs,
    counter,
    crm,
    feedback,
    ga4,
    metrica,
    metrica_told,
    newsletter,
    showroom,
)
from journeyflow.spelling import toml

Mapping = dict[str, str]


def sources_text(calls: str, second_counter: SecondCounter) -> list[str]:
    """One block of settings for each source; `calls` is the format of the calls."""
    zone = f"timezone = {toml(company.TIMEZONE)}"
    return [
        "# The website, as the first counter's warehouse exports it.",
        _source(ga4.SOURCE, "ga4", "events_*.ndjson.gz", zone),
        *(_metrica(zone) if second_counter == "metrica" else _counter(zone)),
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


def _counter(zone: str) -> list[str]:
    return [
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
    ]


def _metrica(zone: str) -> list[str]:
    sent = {company.GA: metrica_told.PARAMETER}
    visits, hits = metrica.VISITS, metrica.HITS
    return [
        "# The same website, as Yandex Metrica's Logs API exports it.",
        _source(
            visits.source,
            "metrica_visits",
            f"visits_*{visits.suffix}",
            zone,
            f"call_goals = {toml((metrica_told.CALL,))}",
            identifiers=sent,
            goals=metrica_told.GOAL_KINDS,
        ),
        _source(hits.source, "metrica_hits", f"hits_*{hits.suffix}", zone, identifiers=sent),
    ]
