"""What journeyflow.toml says of the CRM: its source, its stages, what success and loss are."""

from __future__ import annotations

from typing import NamedTuple

from journeyflow.simulate import company
from journeyflow.simulate.choices import Choices
from journeyflow.simulate.company import Language
from journeyflow.simulate.lenses import amocrm, bitrix24, crm, crm_told
from journeyflow.simulate.places import COMPANY_KINDS, PLACES
from journeyflow.simulate.settings_block import ZONE, source_text
from journeyflow.spelling import toml

Conditions = dict[str, str | bool]
LATE = 'max_age = "3d"'
FILES = {"bitrix24": "deals", "amocrm": "leads"}
OWN_FIELDS = {"bitrix24": bitrix24.OWN_FIELDS, "amocrm": amocrm.CODES}


class Kinds(NamedTuple):
    """Of the kinds of the CRM's events: all of them in order, the contract, the company's acts."""

    order: tuple[str, ...]
    contract: str
    by_company: tuple[str, ...]


def kinds(choices: Choices) -> Kinds:
    """The kinds of events that the CRM's export gives."""
    if choices.crm == "csv":
        return Kinds(crm.KINDS, "contract_signed", COMPANY_KINDS)
    order = ("deal_created", "stage_changed", "deal_won", "deal_lost")
    # A history does not tell which stages the customer took part in.
    return Kinds(order, "deal_won", ("deal_created", "stage_changed", "email_sent"))


def crm_text(choices: Choices) -> str:
    """The block of the CRM."""
    if choices.crm == "csv":
        return _table()
    lists = {each: f"exports/{crm_told.HISTORY}/{each}.json" for each in ("stages", "users")}
    return source_text(
        crm_told.HISTORY,
        choices.crm,
        "history_*.json",
        LATE,
        companions={
            "deals": f"exports/{crm_told.DEALS}/{FILES[choices.crm]}_*.json",
            "contacts": f"exports/{crm_told.CONTACTS}/contacts_*.json",
            **lists,
        },
        identifiers=OWN_FIELDS[choices.crm],
    )


def stage_rules(key: str, language: Language, choices: Choices) -> list[Conditions]:
    """By what the events at a place of `PLACES` are known, where the CRM tells of stages."""
    if key not in crm_told.STAGES:
        return [dict(PLACES[key].when)]
    kind = crm_told.KIND_OF[key]
    if kind != "stage_changed":
        return [{"kind": kind}]
    stage: Conditions = {"touchpoint": crm_told.STAGES[key][language]}
    if key != "deal_created":
        return [stage]
    return [{"kind": key}, stage] if choices.crm == "bitrix24" else [{"kind": key}]


def _table() -> str:
    return source_text(
        crm.SOURCE,
        "table",
        "deals_*.csv",
        ZONE,
        LATE,
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
    )
