"""How many others an identifier may be seen with before it stops telling people apart.

A value beyond a limit is a hub (a kiosk's cookie, a contact centre's phone, a cashier's card)
and merges nobody. The limit of a pair (type, other) is the number of distinct values of
`other` that one value of `type` may be seen with.

Beside these a person has limits: one who would have more values of a type is several people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from journeyflow.identity.types import DEFAULTS, WEB_TYPES, IdClass

PERSON = "person"
_LIMIT_KEY = re.compile(r"max_(?P<others>[a-z0-9_]+?)_per_(?P<type>[a-z0-9_]+)")
_ACCOUNTS = {"user_id", "customer_id"}
_CONTACTS = {"crm_contact", "callrail_person", "ct_caller"}

#: group of the value -> group of the others -> limit. A browser or an address that knows several
#: accounts is shared; an account collects browsers for years, since some forget cookies weekly.
#: A type has a limit of its own too: a row may hold several values, in one cell or in two columns.
_LIMITS: Mapping[str, Mapping[str, int]] = {
    "account": {"account": 3, "contact": 3, "personal": 5, "web": 200},
    "contact": {"account": 3, "contact": 3, "personal": 5, "web": 200},
    "personal": {"account": 2, "contact": 3, "personal": 3, "web": 100},
    "web": {"account": 3, "contact": 3, "personal": 3, "web": 20},
}

#: group -> how many different values one person may have. Nobody has two accounts on one site
#: that can be told apart from two people; browsers come and go.
_PER_PERSON: Mapping[str, int] = {"account": 1, "contact": 5, "personal": 5, "web": 50}
_PER_PERSON_OF = {"crm_contact": 3, "loyalty_card": 3}


def person_limits(
    types: Iterable[str], settings: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Every type's limit per person: at most so many different values.

    In: the merge types in use and the `max_…_per_…` keys of the settings, of which those that
    end in `_per_person` win over the defaults. A merge type that the catalogue does not know has
    no limit: a person may place any number of orders.
    """
    table = {
        name: _PER_PERSON_OF.get(name, _PER_PERSON[_group(name)])
        for name in sorted(set(types))
        if name in DEFAULTS and DEFAULTS[name] is IdClass.MERGE
    }
    told = {parse_limit_key(key): value for key, value in (settings or {}).items()}
    return table | {other: most for (type, other), most in told.items() if type == PERSON}


def limits(
    types: Iterable[str] | None = None, settings: Mapping[str, int] | None = None
) -> dict[tuple[str, str], int]:
    """Every pair's limit, (type, other) -> at most so many others.

    In: the merge types in use (default: the catalogue's) and the `max_…_per_…` keys of the
    settings, which win. A merge type that the catalogue does not know is limited like an e-mail
    or a phone. Raises ValueError where a key cannot be read.
    """
    if types is None:
        types = (name for name, kind in DEFAULTS.items() if kind is IdClass.MERGE)
    names = sorted(set(types))
    table = {
        (name, other): _LIMITS[_group(name)][_group(other)] for name in names for other in names
    }
    told = {parse_limit_key(key): value for key, value in (settings or {}).items()}
    return table | {pair: value for pair, value in told.items() if pair[0] != PERSON}


def parse_limit_key(key: str) -> tuple[str, str]:
    """Reads `max_emails_per_phone` as ("phone", "email"): the value's type, then the others'.

    Raises ValueError, so that the settings gather it with their other faults.
    """
    match = _LIMIT_KEY.fullmatch(key)
    other = match and _singular(match["others"])
    if not match or not other:
        raise ValueError(
            f"{key}: expected max_<types>_per_<type> with types of identifiers, "
            "such as max_emails_per_phone"
        )
    return match["type"], other


def _singular(plural: str) -> str | None:
    if plural.endswith("ies") and plural[:-3] + "y" in DEFAULTS:
        return plural[:-3] + "y"
    return plural[:-1] if plural.endswith("s") and len(plural) > 1 else None


def _group(name: str) -> str:
    if name in WEB_TYPES:
        return "web"
    if name in _ACCOUNTS:
        return "account"
    return "contact" if name in _CONTACTS else "personal"
