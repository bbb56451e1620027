"""The sources of the invented company, as journeyflow.toml names and maps them."""

from __future__ import annotations

from journeyflow.simulate import company
from journeyflow.simulate.choices import Choices
from journeyflow.simulate.company import Language
from journeyflow.simulate.lenses import (
    calltouch,
    counter,
    ga4,
    metrica,
    metrica_told,
    newsletter,
    showroom,
)
from journeyflow.simulate.settings_answers import answers_text
from journeyflow.simulate.settings_block import ZONE, source_text
from journeyflow.simulate.settings_costs import costs_text
from journeyflow.simulate.settings_crm import crm_text
from journeyflow.simulate.settings_orders import orders_text
from journeyflow.spelling import toml


def sources_text(choices: Choices, language: Language) -> list[str]:
    """One block of settings for each source."""
    return [
        "# The website, as the first counter's warehouse exports it.",
        source_text(ga4.SOURCE, "ga4", "events_*.ndjson.gz", ZONE),
        *(_metrica() if choices.metrica else _counter()),
        source_text(calltouch.SOURCE, choices.calls, "calls_*.json", ZONE),
        crm_text(choices),
        *([orders_text(language)] if choices.has_orders else ()),
        source_text(
            showroom.SOURCE,
            "table",
            "visits_*.tsv",
            ZONE,
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
        source_text(
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
        *costs_text(choices),
        answers_text(choices, language),
    ]


def _counter() -> list[str]:
    return [
        "# The same website, as a second counter sees it.",
        source_text(
            counter.SOURCE,
            "table",
            "hits_*.csv.gz",
            ZONE,
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


def _metrica() -> list[str]:
    sent = {company.GA: metrica_told.PARAMETER}
    visits, hits = metrica.VISITS, metrica.HITS
    return [
        "# The same website, as Yandex Metrica's Logs API exports it.",
        source_text(
            visits.source,
            "metrica_visits",
            f"visits_*{visits.suffix}",
            ZONE,
            f"call_goals = {toml((metrica_told.CALL,))}",
            identifiers=sent,
            goals=metrica_told.GOAL_KINDS,
        ),
        source_text(hits.source, "metrica_hits", f"hits_*{hits.suffix}", ZONE, identifiers=sent),
    ]
