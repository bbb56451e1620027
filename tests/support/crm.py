"""The same small CRM as three systems export it: two requests, a late offer, a contract.

Anna asks on 25 April, gets the offer on 5 May and refuses a day later. Boris asks on 26 April, gets
his the next day and signs on 1 May, for 2,000.50. A deal of Boris' is still at its first stage.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from tests.support.projects import Project, csv_text, settings

MOSCOW = timezone(timedelta(hours=3))
DAY = 86_400
ANNA, BORIS = "+79161234567", "boris@example.com"
STAGES = {"NEW": "Request", "OFFER": "Commercial offer", "WON": "Contract", "LOST": "Refused"}
SEMANTICS = {"WON": "won", "LOST": "lost"}
USERS = {"7": "Olga", "8": "Pavel"}
#: deal, moment, stage, who moved it
CHANGES = (
    ("21", "2026-04-25 15:00:00", "NEW", "7"),
    ("21", "2026-05-05 10:00:00", "OFFER", "7"),
    ("21", "2026-05-06 09:00:00", "LOST", "7"),
    ("22", "2026-04-26 10:00:00", "NEW", "8"),
    ("22", "2026-04-27 10:00:00", "OFFER", "8"),
    ("22", "2026-05-01 10:00:00", "WON", "8"),
    ("23", "2026-05-02 10:00:00", "NEW", "8"),
)
#: deal, created, contact, amount, who has it
DEALS = (
    ("21", "2026-04-25 15:00:00", "5", "1000", "7"),
    ("22", "2026-04-26 10:00:00", "6", "2000.50", "8"),
    ("23", "2026-05-02 10:00:00", "6", "", "8"),
)
CONTACTS = (("5", ANNA, ""), ("6", "", BORIS))
#: What only the lists of deals tell. Bitrix24 has no field for the reason of a loss.
ORDERS, REASONS = {"22": "KP-1"}, {"21": "Too late"}
Files = Mapping[str, str]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


def generic() -> Files:
    """Under the names of journeyflow, in the company's zone."""
    names = "stage_id,name,semantic"
    return {
        "history.csv": csv_text(
            [
                {"deal_id": deal, "changed_at": at, "to_stage": stage, "changed_by": who}
                for deal, at, stage, who in CHANGES
            ]
        ),
        "deals.csv": csv_text(
            [
                {
                    "deal_id": d,
                    "created_at": at,
                    "contact_id": c,
                    "amount": amount,
                    "owner": who,
                    "order_id": ORDERS.get(d, ""),
                    "lost_reason": REASONS.get(d, ""),
                }
                for d, at, c, amount, who in DEALS
            ]
        ),
        "contacts.csv": csv_text(
            [
                {"contact_id": c, "created_at": "2026-04-20", "phones": phone, "emails": mail}
                for c, phone, mail in CONTACTS
            ]
        ),
        "stages.csv": "\n".join(
            [names, *(f"{id},{name},{SEMANTICS.get(id, 'open')}" for id, name in STAGES.items())]
        ),
        "users.csv": "\n".join(["user_id,name", *(f"{id},{name}" for id, name in USERS.items())]),
    }


def bitrix24() -> Files:
    """As the REST API of Bitrix24 answers."""
    semantic = {"WON": "S", "LOST": "F"}
    return {
        "history.json": json.dumps(
            {
                "result": {
                    "items": [
                        {
                            "ID": number,
                            "OWNER_ID": int(deal),
                            "CREATED_TIME": moment(at).isoformat(),
                            "CATEGORY_ID": 0,
                            "STAGE_SEMANTIC_ID": semantic.get(stage, "P"),
                            "STAGE_ID": stage,
                        }
                        for number, (deal, at, stage, _) in enumerate(CHANGES, start=1)
                    ]
                },
                "total": len(CHANGES),
            }
        ),
        "deals.json": json.dumps(
            {
                "result": [
                    {
                        "ID": deal,
                        "DATE_CREATE": moment(at).isoformat(),
                        "STAGE_ID": "NEW",
                        "CONTACT_ID": contact,
                        "COMPANY_ID": "0",
                        "OPPORTUNITY": amount or None,
                        "CURRENCY_ID": "RUB",
                        "ASSIGNED_BY_ID": who,
                        "ORDER": ORDERS.get(deal),
                    }
                    for deal, at, contact, amount, who in DEALS
                ]
            }
        ),
        "contacts.json": json.dumps(
            {
                "result": [
                    {
                        "ID": contact,
                        "DATE_CREATE": "2026-04-20T00:00:00+03:00",
                        "PHONE": [{"VALUE": phone, "VALUE_TYPE": "WORK"}] if phone else [],
                        "EMAIL": [{"VALUE": mail, "VALUE_TYPE": "WORK"}] if mail else [],
                    }
                    for contact, phone, mail in CONTACTS
                ]
            }
        ),
        "stages.json": json.dumps(
            {
                "result": [
                    {"ID": "1", "ENTITY_ID": "DEAL_STAGE", "STATUS_ID": id, "NAME": name}
                    for id, name in STAGES.items()
                ]
            }
        ),
        "users.json": json.dumps(
            {"result": [{"ID": id, "NAME": name, "LAST_NAME": None} for id, name in USERS.items()]}
        ),
    }


def amocrm() -> Files:
    """As the API of amoCRM answers: 142 and 143 are won and lost in every pipeline."""
    numbers = {"NEW": 11, "OFFER": 12, "WON": 142, "LOST": 143}

    def status(stage: str) -> dict[str, Any]:
        return {"lead_status": {"id": numbers[stage], "pipeline_id": 31}}

    def embedded(name: str, records: list[dict[str, Any]]) -> str:
        return json.dumps({"_page": 1, "_embedded": {name: records}})

    def field(code: str, value: str) -> dict[str, Any]:
        return {"field_id": 1, "field_code": code, "values": [{"value": value}]}

    return {
        "history.json": embedded(
            "events",
            [
                {
                    "id": f"01a{number}",
                    "type": "lead_status_changed",
                    "entity_id": int(deal),
                    "entity_type": "lead",
                    "created_by": int(who),
                    "created_at": int(moment(at).timestamp()),
                    "value_after": [status(stage)],
                    "value_before": [],
                }
                for number, (deal, at, stage, who) in enumerate(CHANGES)
            ],
        ),
        "deals.json": embedded(
            "leads",
            [
                {
                    "id": int(deal),
                    "created_at": int(moment(at).timestamp()),
                    "status_id": 11,
                    "pipeline_id": 31,
                    "price": float(amount) if amount else 0,
                    "responsible_user_id": int(who),
                    "custom_fields_values": [field("ORDER", ORDERS[deal])]
                    if deal in ORDERS
                    else None,
                    "_embedded": {
                        "contacts": [{"id": int(contact), "is_main": True}],
                        "loss_reason": [{"id": 1, "name": REASONS[deal]}]
                        if deal in REASONS
                        else [],
                    },
                }
                for deal, at, contact, amount, who in DEALS
            ],
        ),
        "contacts.json": embedded(
            "contacts",
            [
                {
                    "id": int(contact),
                    "created_at": 1_776_000_000,
                    "custom_fields_values": [
                        *([field("PHONE", phone)] if phone else []),
                        *([field("EMAIL", mail)] if mail else []),
                    ],
                }
                for contact, phone, mail in CONTACTS
            ],
        ),
        "stages.json": embedded(
            "pipelines",
            [
                {
                    "id": 31,
                    "name": "Sales",
                    "_embedded": {
                        "statuses": [
                            {"id": numbers[id], "name": name, "pipeline_id": 31}
                            for id, name in STAGES.items()
                        ]
                    },
                }
            ],
        ),
        "users.json": embedded("users", [{"id": int(id), "name": n} for id, n in USERS.items()]),
    }


SYSTEMS = {"crm_stages": generic, "bitrix24": bitrix24, "amocrm": amocrm}


def crm_project(
    folder: Any,
    format: str,
    *,
    without: tuple[str, ...] = (),
    changed: Files | None = None,
    **tables: Any,
) -> Project:
    """A project that reads this CRM, without some of its companions."""
    files = {**SYSTEMS[format](), **(changed or {})}
    suffix = "csv" if format == "crm_stages" else "json"
    roles = [each for each in ("deals", "contacts", "stages", "users") if each not in without]
    source: dict[str, Any] = {
        "name": "crm",
        "format": format,
        "files": f"exports/history*.{suffix}",
        "timezone": "Europe/Moscow",
        "companions": {role: f"exports/{role}*.{suffix}" for role in roles},
    }
    if not roles:
        del source["companions"]
    if format != "crm_stages":
        source["identifiers"] = {"order_id": "ORDER"}
    journeys = {
        "conversions": ["deal_won"],
        "losses": ["deal_lost"],
        "company_kinds": ["stage_changed"],
    }
    about = {"name": "CRM", "timezone": "Europe/Moscow", "currency": "RUB"}
    more = {"project": about, "journeys": journeys, **tables}
    project = Project(folder, settings(source, **more))
    for name, text in files.items():
        if name.partition(".")[0] not in without:
            project.write(f"exports/{name}", text)
    return project
