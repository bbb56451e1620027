"""The catalogue of identifier types, and what each may do to persons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from journeyflow.errors import SettingsError


class IdClass(StrEnum):
    """What an identifier may do.

    `merge` may unite two persons. `attach` may only hand an event to a person already found,
    and never links two. `context` is kept beside the event and identifies nobody.
    """

    MERGE = "merge"
    ATTACH = "attach"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class Normalised:
    """An identifier in the one spelling that all its spellings share.

    `effective_class` is what this very value may do, which can be less than its type may.
    """

    value: str
    effective_class: IdClass


@dataclass(frozen=True, slots=True)
class Rejected:
    """A text that identifies nobody. `reason` is one of a few fixed texts, never the value."""

    reason: str


_WEAKEST_LAST = (IdClass.MERGE, IdClass.ATTACH, IdClass.CONTEXT)

#: Ids of a browser or an installed app. They stand for a device, so one of them at a pace that
#: no human keeps is a bot, and one seen with many people is a shared device. `uis_person` is one
#: of them: visitors whom UIS holds to be one person, which it too learns from lent numbers.
WEB_TYPES = frozenset(
    {
        "cookie",
        "client_id",
        "ga_client_id",
        "ym_client_id",
        "visitor_id",
        "device_id",
        "ct_client_id",
        "uis_visitor",
        "uis_person",
    }
)

_MERGE = WEB_TYPES | {
    "user_id",
    "customer_id",
    "crm_contact",
    "email",
    "phone",
    "loyalty_card",
    "ct_caller",
    "callrail_person",
}

#: From the types that tell most about who somebody is to those that tell least. Browsers come
#: last: people share them. A merge type that stands in no group comes before them.
_RANKS = (
    ("user_id", "customer_id"),
    ("crm_contact",),
    ("loyalty_card",),
    ("email",),
    ("phone",),
    ("ct_caller", "callrail_person"),
)
_OTHER_RANK, _WEB_RANK = len(_RANKS) + 1, len(_RANKS) + 2

_ATTACH = {
    "order_id",
    "deal_id",
    "lead_id",
    "receipt_id",
    "call_id",
    "session_id",
    "visit_id",
    "watch_id",
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "yclid",
    "ysclid",
    "ymclid",
    "msclkid",
    "fbclid",
    "igshid",
    "ttclid",
    "twclid",
    "rb_clickid",
    "li_fat_id",
    "srsltid",
}
_CONTEXT = {"ip", "user_agent", "mac", "tracking_number", "crm_company"}

#: Type -> class, where the settings do not say otherwise.
DEFAULTS: Mapping[str, IdClass] = {
    **dict.fromkeys(sorted(_MERGE), IdClass.MERGE),
    **dict.fromkeys(sorted(_ATTACH), IdClass.ATTACH),
    **dict.fromkeys(sorted(_CONTEXT), IdClass.CONTEXT),
}


def classes(overrides: Mapping[str, str] | None = None) -> dict[str, IdClass]:
    """The catalogue with the settings' `[identity] types` laid over it.

    Raises SettingsError where a class is none of merge, attach, context.
    """
    catalogue = dict(DEFAULTS)
    for name, value in (overrides or {}).items():
        if value not in _WEAKEST_LAST:
            raise SettingsError(
                f'[identity] types: {name} = "{value}" found, expected merge, attach or context'
            )
        catalogue[name] = IdClass(value)
    return catalogue


def class_of(type: str, overrides: Mapping[str, str] | None = None) -> IdClass:
    """The class of one type. A type that nobody declared only attaches."""
    catalogue = classes(overrides) if overrides else DEFAULTS
    return catalogue.get(type, IdClass.ATTACH)


def rank(type: str) -> int:
    """1 for the types that tell most about who somebody is; browsers have the last rank."""
    if type in WEB_TYPES:
        return _WEB_RANK
    return next((n for n, group in enumerate(_RANKS, start=1) if type in group), _OTHER_RANK)


def weaker(one: IdClass, other: IdClass) -> IdClass:
    """The one of the two that may do less."""
    return max(one, other, key=_WEAKEST_LAST.index)
